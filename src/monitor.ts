// Follows the log of a server, and says when it shows another history: see USAGE.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeWhole } from './platform/files/whole-file.js';
import { readBase64 } from './proofs/notes/base64.js';
import { type Checkpoint, readCheckpoint } from './proofs/notes/checkpoint.js';
import { readNote, signersOf } from './proofs/notes/signed-note.js';
import { readVkey } from './proofs/notes/verifier-key.js';
import { isConsistent } from './proofs/tree/verification.js';

const USAGE = `npm run monitor -- URL [--key VKEY …] [--state ./monitor.json] [--seconds 60] [--once]
URL: the address of the server.  VKEY: its key; without it the key of the first answer is kept in the state file.
Ends with 30 if the server shows a history that does not begin with the one before; the state file then has both notes.`;
const DIVERGED = 30;

/** What is kept between two looks. */
interface State {
  readonly keys: readonly string[];
  /** The newest checkpoint that was seen. */
  readonly checkpoint?: string;
  /** A checkpoint that does not begin with it. */
  readonly diverged?: string;
}

interface Published {
  readonly keys: readonly string[];
  readonly checkpoint: string | null;
  readonly consistency?: readonly string[];
}

try {
  await follow();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode ||= 1;
}

async function follow() {
  const { url, keys, file, seconds, isOnce } = readOrder();
  for (;;) {
    const state = stateIn(file, keys);
    const next = await look(url, state);
    writeWhole(file, `${JSON.stringify(next, null, 2)}\n`);
    if (next.diverged) {
      process.exitCode = DIVERGED;
      throw new Error(
        `DIVERGED: the log of ${url} does not begin with what it showed before. Both notes are in ${file}.`,
      );
    }
    process.stdout.write(`${new Date().toISOString()} ${headOf(next.checkpoint)?.size ?? 0} leaves\n`);
    if (isOnce) return;
    await setTimeout(seconds * 1_000);
  }
}

/** A key that the server publishes later counts only once a checkpoint that a known key has signed brought it. */
async function look(url: string, state: State): Promise<State> {
  const kept = headOf(state.checkpoint);
  const answer = await fetch(`${url}/.well-known/parley-log${kept ? `?from_size=${kept.size}` : ''}`);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const { keys: published, checkpoint, consistency = [] } = (await answer.json()) as Published;
  const keys = state.keys.length ? state.keys : published;
  if (!checkpoint) throw new Error('the server signs nothing at the moment');
  const note = readNote(checkpoint);
  const known = keys.map(readVkey).filter((key) => key !== undefined);
  const head = headOf(checkpoint);
  if (!note || !head || !signersOf(note, known)?.length) throw new Error('no known key has signed the checkpoint');
  if (known.every(({ name }) => name !== head.origin)) throw new Error('the checkpoint is of another log');
  const proof = consistency.map((hash) => readBase64(hash) ?? Buffer.alloc(0));
  if (kept && !isConsistent(kept, head, proof)) return { ...state, keys, diverged: checkpoint };
  return { keys, checkpoint };
}

function headOf(note: string | undefined): Checkpoint | undefined {
  return note === undefined ? undefined : readCheckpoint(readNote(note)?.text ?? '');
}

function stateIn(file: string, keys: readonly string[]): State {
  const state: State = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { keys };
  if (state.diverged) throw new Error(`${file} has two notes that differ: keep it, and begin with another file`);
  return keys.length ? { ...state, keys } : state;
}

function readOrder() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true, default: [] },
      state: { type: 'string', default: './monitor.json' },
      seconds: { type: 'string', default: '60' },
      once: { type: 'boolean', default: false },
    },
  });
  const [url = ''] = positionals;
  if (!URL.canParse(url) || !/^[1-9]\d*$/.test(values.seconds) || !values.key.every(readVkey)) throw new Error(USAGE);
  return {
    url: url.replace(/\/$/, ''),
    keys: values.key,
    file: values.state,
    seconds: Number(values.seconds),
    isOnce: values.once,
  };
}
