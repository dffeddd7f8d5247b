import { createHash, type KeyObject, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../../platform/files/whole-file.js';
import { readBase64 } from '../notes/base64.js';
import { type Checkpoint, readCheckpoint, readSize } from '../notes/checkpoint.js';
import { cosignedText, readNote, signatureLine, signersOf } from '../notes/signed-note.js';
import type { VerifierKey } from '../notes/verifier-key.js';
import { isConsistent } from '../tree/verification.js';

/** An answer of a witness over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export interface WitnessSettings {
  /** Where the newest checkpoint of each log is kept. */
  readonly folder: string;
  /** Its own key, and the part that signs. */
  readonly key: VerifierKey;
  readonly privateKey: KeyObject;
  /** The keys of the logs that it follows; the name of a key is the origin of its log. */
  readonly logs: readonly VerifierKey[];
}

const MAX_HASHES = 63;

/**
 * A witness (c2sp.org/tlog-witness): it cosigns a checkpoint of a log only if it begins with the one that it cosigned
 * before. A log that shows two histories is refused, and both signed notes are kept in a file: they prove it to anybody.
 */
export class Witness {
  constructor(private readonly settings: WitnessSettings) {}

  /** Answers one `add-checkpoint`. Everything happens in one turn, so two requests cannot both replace the same checkpoint. */
  add(request: string, seconds: number): WitnessAnswer {
    const asked = readRequest(request);
    if (!asked) return { status: 400, body: 'not an add-checkpoint request\n' };
    const { note, checkpoint, old, proof } = asked;
    const keys = this.settings.logs.filter(({ name }) => name === checkpoint.origin);
    if (!keys.length) return { status: 404, body: 'unknown log\n' };
    const read = readNote(note);
    if (!read || !signersOf(read, keys)?.length) return { status: 403, body: 'no valid signature of the log\n' };
    if (old > checkpoint.size) return { status: 400, body: 'the old size is larger than the new one\n' };
    const kept = this.kept(checkpoint.origin);
    if (old !== (kept?.size ?? 0)) return conflict(kept?.size ?? 0);
    if (kept && !isConsistent(kept, checkpoint, proof)) return this.refuse(kept, note, checkpoint);
    writeWhole(this.fileOf(checkpoint.origin), note);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const { key, privateKey } = this.settings;
    const signed = sign(null, Buffer.from(cosignedText(seconds, read.text)), privateKey);
    return { status: 200, body: signatureLine({ ...key, signature: Buffer.concat([time, signed]) }) };
  }

  /** Two heads of one size, or a head that does not begin with the one before. The latter may also be a wrong proof. */
  private refuse(kept: Checkpoint & { note: string }, note: string, checkpoint: Checkpoint): WitnessAnswer {
    const isFork = kept.size === checkpoint.size;
    const id = createHash('sha256').update(kept.note).update(note).digest('hex').slice(0, 16);
    const file = join(this.settings.folder, `${isFork ? 'fork' : 'inconsistent'}-${id}.json`);
    writeWhole(file, `${JSON.stringify({ origin: kept.origin, first: kept.note, second: note }, null, 2)}\n`);
    return isFork
      ? conflict(kept.size)
      : { status: 422, body: 'the proof does not show that the log has only grown\n' };
  }

  private kept(origin: string): (Checkpoint & { note: string }) | undefined {
    const file = this.fileOf(origin);
    if (!existsSync(file)) return undefined;
    const note = readFileSync(file, 'utf8');
    const checkpoint = readCheckpoint(readNote(note)?.text ?? '');
    if (!checkpoint) throw new Error(`${file} is damaged: restore it, a witness must not forget`);
    return { ...checkpoint, note };
  }

  private fileOf(origin: string) {
    return join(this.settings.folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.checkpoint`);
  }
}

const conflict = (size: number): WitnessAnswer => ({ status: 409, body: `${size}\n`, type: 'text/x.tlog.size' });

/** The body of a request: `old N`, the hashes of a consistency proof, an empty line, and the checkpoint. */
function readRequest(body: string) {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(0, end)).split('\n');
  const old = first.startsWith('old ') ? readSize(first.slice('old '.length)) : undefined;
  const proof = lines.map(readBase64);
  const note = body.slice(end + 2);
  const checkpoint = readCheckpoint(readNote(note)?.text ?? '');
  if (end < 0 || old === undefined || !checkpoint || proof.length > MAX_HASHES) return undefined;
  if (!proof.every((hash) => hash?.length === 32)) return undefined;
  return { old, proof: proof as Buffer[], note, checkpoint };
}

/** The body of a request that offers a checkpoint. */
export const addCheckpointBody = (old: number, proof: readonly Buffer[], note: string): string =>
  [`old ${old}`, ...proof.map((hash) => hash.toString('base64')), '', note].join('\n');
