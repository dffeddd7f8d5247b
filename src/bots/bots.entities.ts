import { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { BotState } from './bot-state.entity.js';
import { BotTimer } from './bot-timer.entity.js';
import { Commitment } from './commitments/commitment.entity.js';
import { BotLog } from './debugging/bot-log.entity.js';
import { ExecutedText } from './executed-text.entity.js';
import { Heartbeat } from './heartbeat.entity.js';
import { BotReport } from './moderation/bot-report.entity.js';
import { Decision } from './moderation/decision.entity.js';
import { ChangeAgreement } from './play/change-agreement.entity.js';
import { PendingAnswer } from './play/pending-answer.entity.js';
import { ProposedChange } from './play/proposed-change.entity.js';
import { Round } from './round.entity.js';
import { Run } from './run.entity.js';
import { RunExchange } from './run-exchange.entity.js';
import { BotEnv } from './secrets/bot-env.entity.js';

export const BOTS_ENTITIES = [
  Attachment,
  BotCode,
  BotEnv,
  BotLog,
  BotReport,
  BotState,
  BotTimer,
  ChangeAgreement,
  Commitment,
  Decision,
  ExecutedText,
  Heartbeat,
  PendingAnswer,
  ProposedChange,
  Round,
  Run,
  RunExchange,
];
