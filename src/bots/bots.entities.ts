import { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { BotState } from './bot-state.entity.js';
import { BotTimer } from './bot-timer.entity.js';
import { Commitment } from './commitments/commitment.entity.js';
import { BotLog } from './debugging/bot-log.entity.js';
import { Heartbeat } from './heartbeat.entity.js';
import { BotReport } from './moderation/bot-report.entity.js';
import { Decision } from './moderation/decision.entity.js';
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
  Commitment,
  Decision,
  Heartbeat,
  Round,
  Run,
  RunExchange,
];
