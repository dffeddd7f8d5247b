import { fromBase64 } from '../encoding/base64.js';
import { FormatError } from '../encoding/json.js';
import { type Note, readNote } from './note.js';

/** A C2SP checkpoint (c2sp.org/tlog-checkpoint): the head of a log, as a signed note. */
export interface Checkpoint {
  readonly note: Note;
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** Throws a FormatError. No signature is verified. */
export function readCheckpoint(text: string): Checkpoint {
  const note = readNote(text);
  const [origin = '', sizeDigits = '', coded = '', ...rest] = note.text.split('\n');
  const [size, root] = [Number(sizeDigits), fromBase64(coded)];
  if (origin === '') throw new FormatError('a checkpoint has no origin');
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeDigits) || !Number.isSafeInteger(size)) {
    throw new FormatError('the size of a checkpoint is malformed');
  }
  if (root?.length !== 32) throw new FormatError('the root of a checkpoint is malformed');
  if (rest.length !== 1 || rest[0] !== '')
    throw new FormatError('a checkpoint has extension lines, which are not known here');
  return { note, origin, size, root };
}
