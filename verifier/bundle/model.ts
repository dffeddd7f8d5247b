import { type Bot, botsOf } from './bots.js';
import type { Bundle } from './bundle.js';
import { History } from './history.js';
import { Log } from './log.js';
import { type Receipt, receiptsOf } from './receipt.js';
import type { ShapeError } from './shape.js';

/** A bundle with everything that its entries say about bots and their runs. */
export interface Model {
  readonly bundle: Bundle;
  readonly log: Log;
  readonly history: History;
  readonly bots: ReadonlyMap<string, Bot>;
  /** The open receipts, in the order of the log. */
  readonly receipts: readonly Receipt[];
  readonly malformedReceipts: readonly ShapeError[];
}

export function modelOf(bundle: Bundle): Model {
  const log = new Log(bundle);
  const { receipts, malformed } = receiptsOf(log);
  return { bundle, log, history: new History(log), bots: botsOf(log), receipts, malformedReceipts: malformed };
}

/** The receipts of one bot, in the order of the log. */
export const receiptsOfBot = ({ receipts }: Model, { botId }: Bot): Receipt[] =>
  receipts.filter(({ bot_id }) => bot_id === botId);
