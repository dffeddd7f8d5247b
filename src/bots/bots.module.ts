import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RuntimeModule } from '../runtime/runtime.module.js';
import { Attachments } from './attachments.service.js';
import { BotOps } from './bot-ops.js';
import { BotPreparation } from './bot-preparation.js';
import { BotsController } from './bots.controller.js';
import { CreateChannelController } from './create-channel.controller.js';
import { Dispatcher } from './dispatcher.service.js';
import { Effects } from './effects.js';
import { Executables } from './executables.js';
import { HookExecution } from './hook-execution.js';
import { InlineBots } from './inline-bots.service.js';
import { PresetsController } from './presets.controller.js';
import { Presets } from './presets.service.js';
import { Rounds } from './rounds.service.js';
import { RunRecords } from './run-records.js';
import { RunsController } from './runs.controller.js';
import { Runs } from './runs.service.js';
import { Sources } from './sources.service.js';
import { Timers } from './timers.service.js';

@Module({
  imports: [ChannelsModule, MessagingModule, RuntimeModule],
  controllers: [BotsController, CreateChannelController, PresetsController, RunsController],
  providers: [
    Attachments,
    BotOps,
    BotPreparation,
    Dispatcher,
    Effects,
    Executables,
    HookExecution,
    InlineBots,
    Presets,
    Rounds,
    RunRecords,
    Runs,
    Sources,
    Timers,
  ],
})
export class BotsModule {}
