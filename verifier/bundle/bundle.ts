import { canonicalJson } from '../encoding/canonical-json.js';
import { namedHash } from '../encoding/hashes.js';
import type { Json, JsonObject } from '../encoding/json.js';
import { type Entry, readEntry } from './entry.js';
import { list, matching, natural, object, objectOf, oneOf, ShapeError, shown, text, texts } from './shape.js';

/** A bundle (docs/bundle-format.md) whose form is right. Nothing else of it is checked. */
export interface Bundle {
  readonly origin: string;
  readonly channel: string;
  readonly viewer: string;
  readonly entries: readonly Entry[];
  readonly checkpoint: string;
  readonly serverCheckpoint: string;
  readonly checkpointProof: string;
  readonly entryProof: string;
  readonly keys: readonly string[];
  readonly policy: string;
  readonly sources: ReadonlyMap<string, Source>;
  readonly texts: ReadonlyMap<string, ExecutedText>;
  readonly states: ReadonlyMap<string, Json>;
  readonly exchanges: readonly Exchange[];
}

export interface Source {
  readonly language: string;
  readonly text: string;
}

export interface ExecutedText {
  readonly kind: 'kit' | 'module' | 'package' | 'bundle';
  readonly text: string;
}

/** A recorded answer of the network: the nth of a run. */
export interface Exchange {
  readonly bot_id: string;
  readonly run: number;
  readonly n: number;
  readonly request: JsonObject;
  readonly answer: JsonObject;
}

const SHAPE = {
  format: oneOf('parley-bundle-v1'),
  origin: text,
  channel: matching(/^[\w-]{1,64}$/),
  viewer: matching(/^[\w-]{1,64}$/),
  entries: list,
  checkpoint: text,
  server_checkpoint: text,
  checkpoint_proof: text,
  entry_proof: text,
  keys: texts,
  policy: text,
  sources: object,
  texts: object,
  states: object,
  exchanges: list,
  readme: text,
};

interface BundleFile {
  readonly origin: string;
  readonly channel: string;
  readonly viewer: string;
  readonly entries: Json[];
  readonly checkpoint: string;
  readonly server_checkpoint: string;
  readonly checkpoint_proof: string;
  readonly entry_proof: string;
  readonly keys: string[];
  readonly policy: string;
  readonly sources: JsonObject;
  readonly texts: JsonObject;
  readonly states: JsonObject;
  readonly exchanges: Json[];
}

/** Throws a ShapeError. */
export function readBundle(value: Json): Bundle {
  const file = objectOf(value, SHAPE, 'the bundle') as unknown as BundleFile;
  const { channel } = file;
  const entries = file.entries.map((entry, i) => readEntry(entry, i + 1, channel));
  if (entries.length === 0) throw new ShapeError('the bundle has no entries');
  const withLeaf = entries.filter(({ leaf }) => leaf !== undefined).length;
  if (withLeaf !== 0 && withLeaf !== entries.length) {
    const seq = entries.find(({ leaf }) => leaf === undefined)?.seq;
    throw new ShapeError('the leaf hash of the entry is missing', seq);
  }
  return {
    origin: file.origin,
    channel,
    viewer: file.viewer,
    entries,
    checkpoint: file.checkpoint,
    serverCheckpoint: file.server_checkpoint,
    checkpointProof: file.checkpoint_proof,
    entryProof: file.entry_proof,
    keys: file.keys,
    policy: file.policy,
    sources: byHash(file.sources, 'a source', readSource),
    texts: byHash(file.texts, 'a text', readText),
    states: byHash(file.states, 'a state', (state) => state),
    exchanges: readExchanges(file.exchanges),
  };
}

const LANGUAGES = ['javascript', 'typescript', 'python'];
const readSource = (value: Json) =>
  objectOf(value, { language: oneOf(...LANGUAGES), text }, 'a source') as unknown as Source;

const readText = (value: Json) =>
  objectOf(value, { kind: oneOf('kit', 'module', 'package', 'bundle'), text }, 'a text') as unknown as ExecutedText;

function byHash<T>(object: JsonObject, what: string, read: (member: Json) => T): Map<string, T> {
  const members = new Map<string, T>();
  for (const [name, member] of Object.entries(object)) {
    if (!/^sha256:[0-9a-f]{64}$/.test(name)) throw new ShapeError(`the name of ${what} is not a hash: ${shown(name)}`);
    members.set(name, read(member));
  }
  return members;
}

function readExchanges(given: readonly Json[]): Exchange[] {
  const shape = { bot_id: text, run: natural, n: natural, request: object, answer: object };
  const exchanges = given.map((each) => objectOf(each, shape, 'an exchange') as unknown as Exchange);
  const names = new Set(exchanges.map(({ bot_id, run, n }) => `${bot_id} ${run} ${n}`));
  if (names.size !== exchanges.length) throw new ShapeError('an exchange is there twice');
  return exchanges;
}

/** The hash under which a state is stored. */
export const stateHash = (state: Json): string => namedHash(canonicalJson(state));
