import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessagingModule } from '../messaging/messaging.module.js';
import { ProofsModule } from '../proofs/proofs.module.js';
import { RuntimeModule } from '../runtime/runtime.module.js';
import { AttachNotices } from './attachments/attach-notices.js';
import { AttachmentStore } from './attachments/attachment-store.service.js';
import { Attachments } from './attachments/attachments.service.js';
import { BotAdmission } from './attachments/bot-admission.js';
import { BotOps } from './attachments/bot-ops.js';
import { BotPreparation } from './attachments/bot-preparation.js';
import { BotReleases } from './attachments/bot-releases.service.js';
import { BotSlots } from './attachments/bot-slots.js';
import { BotsController } from './attachments/bots.controller.js';
import { ChannelBots } from './attachments/channel-bots.js';
import { CreateChannelController } from './attachments/create-channel.controller.js';
import { LateTrials } from './attachments/late-trials.service.js';
import { NewAttachments } from './attachments/new-attachments.service.js';
import { ReviewNotices } from './attachments/review-notices.js';
import { Rounds } from './attachments/rounds.service.js';
import { RuntimeChanges } from './attachments/runtime-changes.service.js';
import { Executables } from './code/executables.js';
import { ExecutedTexts } from './code/executed-texts.service.js';
import { InlineBots } from './code/inline-bots.service.js';
import { PresetsController } from './code/presets.controller.js';
import { Presets } from './code/presets.service.js';
import { Sources } from './code/sources.service.js';
import { Verdicts } from './code/verdicts.service.js';
import { DebugBotController } from './debugging/debug-bot.controller.js';
import { DebugRecords } from './debugging/debug-records.js';
import { DebugSessions } from './debugging/debug-sessions.js';
import { HookDebugging } from './debugging/hook-debugging.service.js';
import { LogDebugging } from './debugging/log-debugging.js';
import { StateDebugging } from './debugging/state-debugging.service.js';
import { AnnouncedCode } from './execution/announced-code.js';
import { BotCatchUp } from './execution/bot-catch-up.js';
import { BotLogs } from './execution/bot-logs.service.js';
import { BotReadiness } from './execution/bot-readiness.js';
import { Chains } from './execution/chains.js';
import { ChannelChanges } from './execution/channel-changes.js';
import { Commitments } from './execution/commitments/commitments.service.js';
import { DeferredHooks } from './execution/deferred-hooks.js';
import { DispatchedReplies } from './execution/dispatched-replies.js';
import { Dispatcher } from './execution/dispatcher.service.js';
import { DueHooks } from './execution/due-hooks.js';
import { Effects } from './execution/effects.js';
import { HookAttempts } from './execution/hook-attempts.js';
import { HookClaims } from './execution/hook-claims.service.js';
import { HookExecution } from './execution/hook-execution.js';
import { HookInputs } from './execution/hook-inputs.js';
import { HookMonitor } from './execution/hook-monitor.js';
import { NetworkExchanges } from './execution/network-exchanges.js';
import { OpenedSecrets } from './execution/opened-secrets.js';
import { OwnBots } from './execution/own-bots.service.js';
import { Progress } from './execution/progress.js';
import { RemoteWork } from './execution/remote-work.service.js';
import { RunCommits } from './execution/run-commits.service.js';
import { RunEvidence } from './execution/run-evidence.service.js';
import { RunMemory } from './execution/run-memory.service.js';
import { RunRecords } from './execution/run-records.js';
import { RunResults } from './execution/run-results.service.js';
import { RunRoom } from './execution/run-room.service.js';
import { RunStore } from './execution/run-store.service.js';
import { RunnerCalls } from './execution/runner-calls.js';
import { RunsController } from './execution/runs.controller.js';
import { Runs } from './execution/runs.service.js';
import { Timers } from './execution/timers.service.js';
import { AffectedBots } from './moderation/affected-bots.service.js';
import { BlockedBots } from './moderation/blocked-bots.service.js';
import { BotCodeController } from './moderation/bot-code.controller.js';
import { CodeRegistry } from './moderation/code-registry.service.js';
import { DecisionsController } from './moderation/decisions.controller.js';
import { Decisions } from './moderation/decisions.service.js';
import { ReportBotController } from './moderation/report-bot.controller.js';
import { Reports } from './moderation/reports.service.js';
import { ShippedCode } from './moderation/shipped-code.service.js';
import { StaticChecks } from './moderation/static-checks.service.js';
import { Agreements } from './play/agreements.service.js';
import { ChangeLog } from './play/change-log.service.js';
import { ChangesController } from './play/changes.controller.js';
import { ConflictsOfInterest } from './play/conflicts-of-interest.service.js';
import { ContestRecord } from './play/contest-record.js';
import { FairPlay } from './play/fair-play.service.js';
import { OpenProposals } from './play/open-proposals.service.js';
import { Parties } from './play/parties.service.js';
import { Proposals } from './play/proposals.service.js';
import { RoundsInPlay } from './play/rounds-in-play.service.js';
import { Voids } from './play/voids.service.js';
import { Retirement } from './retirement.service.js';
import { BotSecrets } from './secrets/bot-secrets.service.js';
import { SecretSearch } from './secrets/secret-search.js';
import { AttachTrials } from './trials/attach-trials.service.js';
import { TrialStore } from './trials/trial-store.js';
import { Trials } from './trials/trials.service.js';

@Module({
  imports: [ChannelsModule, ProofsModule, MessagingModule, RuntimeModule],
  controllers: [
    // code
    PresetsController,
    // attachments
    BotsController,
    CreateChannelController,
    // execution
    RunsController,
    // play
    ChangesController,
    // debugging
    DebugBotController,
    // moderation
    BotCodeController,
    DecisionsController,
    ReportBotController,
  ],
  providers: [
    // code
    Executables,
    ExecutedTexts,
    InlineBots,
    Presets,
    Sources,
    Verdicts,
    // secrets
    BotSecrets,
    SecretSearch,
    // trials
    TrialStore,
    Trials,
    AttachTrials,
    // attachments
    AttachNotices,
    AttachmentStore,
    Attachments,
    BotAdmission,
    BotOps,
    BotPreparation,
    BotReleases,
    BotSlots,
    ChannelBots,
    LateTrials,
    NewAttachments,
    ReviewNotices,
    Rounds,
    RuntimeChanges,
    // execution
    AnnouncedCode,
    BotCatchUp,
    BotLogs,
    BotReadiness,
    Chains,
    ChannelChanges,
    Commitments,
    DeferredHooks,
    DispatchedReplies,
    Dispatcher,
    DueHooks,
    Effects,
    HookAttempts,
    HookClaims,
    HookExecution,
    HookInputs,
    HookMonitor,
    NetworkExchanges,
    OpenedSecrets,
    OwnBots,
    Progress,
    RemoteWork,
    RunCommits,
    RunEvidence,
    RunMemory,
    RunRecords,
    RunResults,
    RunRoom,
    RunStore,
    RunnerCalls,
    Runs,
    Timers,
    // play
    Agreements,
    ChangeLog,
    FairPlay,
    ConflictsOfInterest,
    ContestRecord,
    Parties,
    RoundsInPlay,
    OpenProposals,
    Proposals,
    Voids,
    // debugging
    DebugRecords,
    DebugSessions,
    HookDebugging,
    LogDebugging,
    StateDebugging,
    // moderation
    AffectedBots,
    BlockedBots,
    CodeRegistry,
    Decisions,
    Reports,
    ShippedCode,
    StaticChecks,
    // beside the rooms
    Retirement,
  ],
  exports: [
    Attachments,
    ChannelBots,
    DispatchedReplies,
    ExecutedTexts,
    FairPlay,
    Presets,
    Rounds,
    RunEvidence,
    Sources,
  ],
})
export class BotsModule {}
