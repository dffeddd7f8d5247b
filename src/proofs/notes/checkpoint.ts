import type { TreeHead } from '../tree/verification.js';
import { readBase64 } from './base64.js';

/** The head of a log, as it is signed. */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
}

/** The text of a checkpoint (c2sp.org/tlog-checkpoint), without signatures. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;

/** Reads the text of a checkpoint; undefined if it is not well-formed. Extension lines are allowed and ignored. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', count = '', encoded = '', ...rest] = text.split('\n');
  const size = readSize(count);
  const root = readBase64(encoded);
  const isWhole = rest.at(-1) === '' && rest.slice(0, -1).every((line) => line !== '');
  return origin && size !== undefined && root?.length === 32 && isWhole ? { origin, size, root } : undefined;
}

/** A decimal number without leading zeros. */
export function readSize(text: string): number | undefined {
  const size = Number(text);
  return /^(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(size) ? size : undefined;
}
