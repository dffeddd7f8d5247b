import { Module } from '@nestjs/common';
import { BotsModule } from '../bots/bots.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { BotTexts } from './bot-texts.service.js';
import { Bundles } from './bundle.service.js';
import { DownloadController } from './download.controller.js';
import { LogMembers } from './log-members.service.js';
import { OpenEntries } from './open-entries.service.js';
import { TranscriptController } from './transcript.controller.js';
import { TranscriptLinks } from './transcript-links.service.js';

@Module({
  imports: [ChannelsModule, ProofsModule, MessagingModule, BotsModule],
  controllers: [TranscriptController, DownloadController],
  providers: [BotTexts, Bundles, LogMembers, OpenEntries, TranscriptLinks],
})
export class TranscriptsModule {}
