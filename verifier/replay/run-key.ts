import { canonicalJson } from '../encoding/canonical-json.js';
import { hmacSha256, toHex } from '../encoding/hashes.js';
import type { Json } from '../encoding/json.js';

export interface KeyedRun {
  readonly channel: string;
  readonly botId: string;
  readonly round: number;
  readonly run: number;
  readonly entropy: readonly (readonly [seq: number, text: string])[];
}

/** The key of the random stream of one run (docs/log-format.md), in hex. */
export function runKey(seed: Uint8Array, { channel, botId, round, run, entropy }: KeyedRun): string {
  const given: Json = entropy.map(([seq, text]) => [seq, text]);
  return toHex(hmacSha256(seed, canonicalJson(['parley-run-v1', channel, botId, round, run, given])));
}
