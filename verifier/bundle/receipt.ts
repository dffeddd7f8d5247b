import type { Json, JsonObject } from '../encoding/json.js';
import type { OpenEntry } from './entry.js';
import type { Log } from './log.js';
import { hash, list, natural, naturals, objectOf, oneOf, ShapeError, text } from './shape.js';

/** The receipt of one run (docs/log-format.md). `seq`: the entry in which it is. */
export interface Receipt {
  readonly seq: number;
  readonly bot_id: string;
  readonly round: number;
  readonly run: number;
  readonly hook: string;
  readonly event_seq: number;
  readonly code_hash: string;
  readonly bundle_hash: string;
  readonly runtime: string;
  readonly state_version: number;
  readonly state_before: string;
  readonly state_after: string;
  readonly outputs: readonly number[];
  readonly fetches: readonly JsonObject[];
  readonly channel_ops?: readonly Json[];
  readonly env_commit?: string;
  readonly outcome: 'ok' | 'timed_out' | 'threw' | 'killed';
  readonly ms: number;
}

const SHAPE = {
  bot_id: text,
  round: natural,
  run: natural,
  hook: text,
  event_seq: natural,
  code_hash: hash,
  bundle_hash: hash,
  runtime: text,
  state_version: natural,
  state_before: hash,
  state_after: hash,
  outputs: naturals,
  fetches: list,
  'channel_ops?': list,
  'env_commit?': text,
  outcome: oneOf('ok', 'timed_out', 'threw', 'killed'),
  ms: natural,
};

/** The open receipts in the order of the log, and the entries that claim to be receipts and are none. */
export function receiptsOf(log: Log): { receipts: Receipt[]; malformed: ShapeError[] } {
  const [receipts, malformed]: [Receipt[], ShapeError[]] = [[], []];
  for (const { seq, opening } of log.entries) {
    if (opening?.kind !== 'receipt') continue;
    try {
      receipts.push(receiptIn({ seq, opening }));
    } catch (error) {
      malformed.push(error as ShapeError);
    }
  }
  return { receipts, malformed };
}

function receiptIn({ seq, opening: { from, run, body } }: Pick<OpenEntry, 'seq' | 'opening'>): Receipt {
  const receipt = objectOf(body, SHAPE, 'the receipt', seq);
  if (from !== 'system' || run !== receipt.run) throw new ShapeError('the receipt is not of the server', seq);
  return { seq, ...(receipt as unknown as Omit<Receipt, 'seq'>) };
}
