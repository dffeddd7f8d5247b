import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { AnswerCheckpoints } from './answer-checkpoints.js';
import { Attendance } from './attendance.service.js';
import { Drafts } from './drafts.service.js';
import { History } from './history.js';
import { ChannelLog } from './log.service.js';
import { LoggedEntries } from './logged-entries.service.js';
import { MessageFigures } from './message-figures.js';
import { ModeRules } from './mode-rules.js';
import { Notices } from './notices.js';
import { PostingController } from './posting.controller.js';
import { Posting } from './posting.service.js';
import { ReadingController } from './reading.controller.js';
import { Reading } from './reading.service.js';
import { RemoteEntries } from './remote-entries.service.js';
import { Retention } from './retention.service.js';
import { Signatures } from './signatures.js';
import { SignedEntries } from './signed-entries.js';
import { StreamController } from './stream.controller.js';
import { Tail } from './tail.js';
import { Watching } from './watching.service.js';

@Module({
  imports: [ChannelsModule, ProofsModule],
  controllers: [PostingController, ReadingController, StreamController],
  providers: [
    AnswerCheckpoints,
    Attendance,
    ChannelLog,
    Drafts,
    History,
    LoggedEntries,
    MessageFigures,
    ModeRules,
    Notices,
    Posting,
    Reading,
    RemoteEntries,
    Retention,
    Signatures,
    SignedEntries,
    Tail,
    Watching,
  ],
  exports: [ChannelLog, History, LoggedEntries, Reading, Tail, Watching],
})
export class MessagingModule {}
