import { Attachment } from './attachments/attachment.entity.js';
import { Round } from './attachments/round.entity.js';
import { BotCode } from './code/bot-code.entity.js';
import { ExecutedText } from './code/executed-text.entity.js';
import { BotLog } from './execution/bot-log.entity.js';
import { BotState } from './execution/bot-state.entity.js';
import { BotTimer } from './execution/bot-timer.entity.js';
import { Commitment } from './execution/commitments/commitment.entity.js';
import { Heartbeat } from './execution/heartbeat.entity.js';
import { HookClaim } from './execution/hook-claim.entity.js';
import { PendingAnswer } from './execution/pending-answer.entity.js';
import { Run } from './execution/run.entity.js';
import { RunExchange } from './execution/run-exchange.entity.js';
import { BotReport } from './moderation/bot-report.entity.js';
import { Decision } from './moderation/decision.entity.js';
import { ChangeAgreement } from './play/change-agreement.entity.js';
import { ProposedChange } from './play/proposed-change.entity.js';
import { BotEnv } from './secrets/bot-env.entity.js';
import { BotTrial } from './trials/bot-trial.entity.js';

export const BOTS_ENTITIES = [
  Attachment,
  BotCode,
  BotEnv,
  BotLog,
  BotReport,
  BotState,
  BotTimer,
  BotTrial,
  ChangeAgreement,
  Commitment,
  Decision,
  ExecutedText,
  Heartbeat,
  HookClaim,
  PendingAnswer,
  ProposedChange,
  Round,
  Run,
  RunExchange,
];
