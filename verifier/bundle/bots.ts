import type { Json, JsonObject } from '../encoding/json.js';
import type { OpenEntry } from './entry.js';
import type { Log } from './log.js';
import { isObject } from './shape.js';

/** One round of a bot, with the entries that begin and end it. */
export interface Round {
  readonly round: number;
  readonly committedAt: number;
  readonly seedCommit: Json | undefined;
  /** The round begins anew after a void, with `on_init`. */
  readonly restarts: boolean;
  readonly begins: 'attach' | 'end' | 'void';
  endedAt?: number;
  result?: Json;
  voidedAt?: number;
  revealedAt?: number;
  reveal?: JsonObject;
}

/** What is executed from an entry on. */
export interface Runtime {
  readonly since: number;
  readonly bundleHash: string;
  readonly runtime: string;
}

/** A bot as the log announces it. */
export interface Bot {
  readonly botId: string;
  readonly slotId: string;
  readonly name: string;
  readonly language: string;
  readonly attachedAt: number;
  readonly codeHash: string;
  readonly manifestHash: string;
  readonly params: JsonObject;
  readonly hasSecrets: boolean;
  manifest?: JsonObject;
  manifestAt?: number;
  readonly runtimes: Runtime[];
  /** The hooks that are called from an entry on, if the log names them. */
  readonly hooks: { readonly since: number; readonly hooks: readonly string[] }[];
  readonly rounds: Round[];
  /** From this entry on the bot runs no hooks: it was removed, or the channel closed. */
  releasedAt?: number;
}

/** Reads the bots from the server's entries. Entries that do not fit are left for the claims to find. */
export function botsOf(log: Log): Map<string, Bot> {
  const bots = new Map<string, Bot>();
  for (const entry of log.ofServer()) {
    const { body } = entry.opening;
    if (body.type === 'bot:attach') attach(bots, entry);
    const bot = typeof body.bot_id === 'string' ? bots.get(body.bot_id) : undefined;
    if (bot) READERS[String(body.type)]?.(bot, entry.seq, body);
  }
  return bots;
}

type Reader = (bot: Bot, seq: number, body: JsonObject) => void;

const READERS: Readonly<Record<string, Reader>> = Object.assign(Object.create(null), {
  'bot:manifest': (bot, seq, { manifest }) => {
    if (bot.manifest !== undefined || !isObject(manifest)) return;
    bot.manifest = manifest;
    bot.manifestAt = seq;
  },
  'bot:runtime': (bot, seq, { bundle_hash, runtime }) => {
    bot.runtimes.push({ since: seq, bundleHash: String(bundle_hash), runtime: String(runtime) });
  },
  'bot:trial': (bot, seq, { hooks }) => {
    if (Array.isArray(hooks)) bot.hooks.push({ since: seq, hooks: hooks.map(String) });
  },
  'round:commit': (bot, seq, { round, seed_commit, restart }) => {
    const begins = bot.rounds.at(-1)?.voidedAt === undefined ? 'end' : 'void';
    const its = { round: Number(round), committedAt: seq, seedCommit: seed_commit };
    bot.rounds.push({ ...its, restarts: restart === true, begins });
  },
  'round:end': (bot, seq, { round, result }) => {
    const ended = bot.rounds.find((each) => each.round === round);
    if (ended && ended.endedAt === undefined) Object.assign(ended, { endedAt: seq, result });
  },
  'round:void': (bot, seq, { round }) => {
    const voided = bot.rounds.find((each) => each.round === round);
    if (voided && voided.voidedAt === undefined) voided.voidedAt = seq;
  },
  'round:reveal': (bot, seq, body) => {
    const revealed = bot.rounds.find(({ round }) => round === body.round);
    if (!revealed || revealed.revealedAt !== undefined) return;
    Object.assign(revealed, { revealedAt: seq, reveal: body });
    if (revealed.endedAt === undefined && revealed.voidedAt === undefined) bot.releasedAt ??= seq;
  },
} satisfies Record<string, Reader>);

function attach(bots: Map<string, Bot>, { seq, opening: { body } }: OpenEntry) {
  const { bot_id, slot_id, name, language, code_hash, manifest_hash, bundle_hash, runtime, params } = body;
  if (typeof bot_id !== 'string' || bots.has(bot_id)) return;
  const hooks = Array.isArray(body.hooks) ? [{ since: seq, hooks: body.hooks.map(String) }] : [];
  bots.set(bot_id, {
    botId: bot_id,
    slotId: String(slot_id),
    name: String(name),
    language: String(language),
    attachedAt: seq,
    codeHash: String(code_hash),
    manifestHash: String(manifest_hash),
    params: isObject(params) ? params : {},
    hasSecrets: Array.isArray(body.env_keys) && body.env_keys.length > 0,
    runtimes: [{ since: seq, bundleHash: String(bundle_hash), runtime: String(runtime) }],
    hooks,
    rounds: [
      { round: Number(body.round), committedAt: seq, seedCommit: body.seed_commit, restarts: false, begins: 'attach' },
    ],
  });
}

/** The round in which something happens at an entry: the first that is not revealed before. */
export const roundAt = (bot: Bot, seq: number): Round | undefined =>
  bot.rounds.find(({ revealedAt }) => revealedAt === undefined || revealedAt > seq);

/** What a bot executes at an entry. */
export const runtimeAt = ({ runtimes }: Bot, seq: number): Runtime | undefined =>
  runtimes.findLast(({ since }) => since <= seq);

/** The hooks of a bot at an entry, as its trial has found them or its manifest declares them. */
export function hooksAt(bot: Bot, seq: number): readonly string[] {
  const found = bot.hooks.findLast(({ since }) => since <= seq);
  const { hooks } = bot.manifest ?? {};
  return found?.hooks ?? (Array.isArray(hooks) ? hooks.map(String) : []);
}
