import { Global, Module } from '@nestjs/common';
import { BotReplies } from '../channels/bot-replies.js';
import { BotRoster } from '../channels/bot-roster.js';
import { ChangeGuard } from '../channels/change-guard.js';
import { ChannelBots } from './attachments/channel-bots.js';
import { BotsModule } from './bots.module.js';
import { DispatchedReplies } from './execution/dispatched-replies.js';
import { FairPlay } from './play/fair-play.service.js';

/**
 * Answers the questions that earlier modules ask of `bots`: they inject the abstract class. Global, because they cannot
 * import it.
 */
@Global()
@Module({
  imports: [BotsModule],
  providers: [
    { provide: BotReplies, useExisting: DispatchedReplies },
    { provide: BotRoster, useExisting: ChannelBots },
    { provide: ChangeGuard, useExisting: FairPlay },
  ],
  exports: [BotReplies, BotRoster, ChangeGuard],
})
export class BotAnswersModule {}
