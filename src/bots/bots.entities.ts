import { Attachment } from './attachment.entity.js';
import { BotCode } from './bot-code.entity.js';
import { BotState } from './bot-state.entity.js';
import { BotTimer } from './bot-timer.entity.js';
import { Heartbeat } from './heartbeat.entity.js';
import { Round } from './round.entity.js';
import { Run } from './run.entity.js';

export const BOTS_ENTITIES = [Attachment, BotCode, BotState, BotTimer, Heartbeat, Round, Run];
