import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { RuntimeModule } from '../runtime/runtime.module.js';
import { Attachments } from './attachments.service.js';
import { BotOps } from './bot-ops.js';
import { BotPreparation } from './bot-preparation.js';
import { BotsController } from './bots.controller.js';
import { Chains } from './chains.js';
import { ChannelChanges } from './channel-changes.js';
import { Commitments } from './commitments/commitments.service.js';
import { CreateChannelController } from './create-channel.controller.js';
import { BotLogs } from './debugging/bot-logs.service.js';
import { DebugBotController } from './debugging/debug-bot.controller.js';
import { Debugging } from './debugging/debugging.service.js';
import { Dispatcher } from './dispatcher.service.js';
import { Effects } from './effects.js';
import { Exchanges } from './exchanges.js';
import { Executables } from './executables.js';
import { ExecutedTexts } from './executed-texts.service.js';
import { ChannelResource } from './guide/channel.resource.js';
import { GamePrompts } from './guide/game-prompts.js';
import { MessagesGuide, QuickStart } from './guide/guides.js';
import { Library } from './guide/library.service.js';
import { SearchController } from './guide/search.controller.js';
import { Situations } from './guide/situation.service.js';
import { StartHereController } from './guide/start-here.controller.js';
import { Turns } from './guide/turns.service.js';
import { HookExecution } from './hook-execution.js';
import { InlineBots } from './inline-bots.service.js';
import { BotCodeController } from './moderation/bot-code.controller.js';
import { CodeBook } from './moderation/code-book.service.js';
import { DecisionsController } from './moderation/decisions.controller.js';
import { Decisions } from './moderation/decisions.service.js';
import { ReportBotController } from './moderation/report-bot.controller.js';
import { Reports } from './moderation/reports.service.js';
import { ShippedCode } from './moderation/shipped-code.service.js';
import { StaticChecks } from './moderation/static-checks.service.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { ChangeLog } from './play/change-log.service.js';
import { ChangesController } from './play/changes.controller.js';
import { FairPlay } from './play/fair-play.service.js';
import { Parties } from './play/parties.service.js';
import { Plays } from './play/plays.service.js';
import { Proposals } from './play/proposals.service.js';
import { RunMemory } from './play/run-memory.service.js';
import { Voids } from './play/voids.service.js';
import { PresetsController } from './presets.controller.js';
import { Presets } from './presets.service.js';
import { Retirement } from './retirement.service.js';
import { Rounds } from './rounds.service.js';
import { RunRecords } from './run-records.js';
import { RunsController } from './runs.controller.js';
import { Runs } from './runs.service.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';
import { SaidSearch } from './secrets/said-search.js';
import { Sources } from './sources.service.js';
import { Timers } from './timers.service.js';

@Module({
  imports: [ChannelsModule, MessagingModule, RuntimeModule],
  controllers: [
    BotCodeController,
    BotsController,
    ChangesController,
    CreateChannelController,
    DebugBotController,
    DecisionsController,
    PresetsController,
    ReportBotController,
    RunsController,
    SearchController,
    StartHereController,
  ],
  providers: [
    Attachments,
    BotLogs,
    BotOps,
    BotPreparation,
    BotSecrets,
    SaidSearch,
    Chains,
    ChangeLog,
    ChannelChanges,
    ChannelResource,
    CodeBook,
    Commitments,
    Debugging,
    Decisions,
    Dispatcher,
    Effects,
    Exchanges,
    Executables,
    ExecutedTexts,
    FairPlay,
    GamePrompts,
    HookExecution,
    InlineBots,
    Library,
    MessagesGuide,
    Parties,
    Plays,
    Presets,
    Proposals,
    QuickStart,
    Reports,
    Retirement,
    Rounds,
    RunMemory,
    RunRecords,
    Runs,
    ShippedCode,
    Situations,
    Sources,
    StaticChecks,
    Timers,
    Turns,
    Verdicts,
    Voids,
  ],
})
export class BotsModule {}
