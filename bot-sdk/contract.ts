import type { WebFailure } from './web.js';

/** What a bot and whoever runs it agree on. Both runners, the verifier and the tests speak this and nothing else. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export const LANGUAGES = ['javascript', 'typescript', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

export const HOOKS = [
  'on_init',
  'on_join',
  'on_leave',
  'on_message',
  'on_private_message',
  'on_timer',
  'on_event',
] as const;
export type Hook = (typeof HOOKS)[number];

export interface Player {
  seat: string;
  label: string;
  name: string;
}

export interface HookMessage {
  id: number;
  channel_id: string;
  sender: string;
  kind: string;
  body: JsonObject;
  ts: string;
  /** The member signed it with the key of the seat. */
  signed?: true;
}

export type HookCall =
  | { hook: 'on_init' }
  | { hook: 'on_join' | 'on_leave'; player: string }
  | { hook: 'on_message' | 'on_event'; msg: HookMessage }
  | { hook: 'on_private_message'; player: string; msg: HookMessage }
  | { hook: 'on_timer'; name: string };

/** Everything a hook depends on. The same input gives the same result, on any machine. */
export interface HookInput {
  channel_id: string;
  bot_id: string;
  call: HookCall;
  /** The time of the event, ISO 8601. The bot has no other clock. */
  now: string;
  params: JsonObject;
  state: Json;
  state_version: number;
  players: Player[];
  env: Record<string, string>;
  /** Hex key of this run's chance (chance.ts). It never enters the bot's realm. */
  key: string;
  run: number;
  /** A folder of the bot's own for the length of the hook, where it has one. */
  workspace?: string;
}

export type PostEffect = {
  type: 'post';
  kind: 'bot' | 'control' | 'private';
  /** The kind the bot asked for, where that was none of the three. */
  label?: string;
  body: JsonObject;
  to?: string;
  sealed?: true;
  /** The state's version when the bot posted. */
  state_version: number;
  /** `<run>:<index>`: what a bot calls a post of its own that has no id yet. */
  handle: string;
};

export type Effect =
  | PostEffect
  /** A message id, or the handle of a sealed post of the bot's own. */
  | { type: 'reveal'; target: number | string }
  /** At least 1 second: a bot that asks for less gets 1. */
  | { type: 'timer_set'; name: string; seconds: number }
  | { type: 'timer_clear'; name: string }
  | { type: 'finish'; result: JsonObject }
  | { type: 'update_channel'; ops: Json[] };

export interface RunLimits {
  wallMs: number;
  cpuMs: number;
  memoryMb: number;
  stackKb: number;
  posts: number;
  bodyBytes: number;
  outputBytes: number;
  stateBytes: number;
  logBytes: number;
  timers: number;
  /** Requests to the network. */
  fetches: number;
}

/** For the embedded runner. A container has more memory: there the workspace counts as well. */
export const DEFAULT_LIMITS: Readonly<RunLimits> = {
  wallMs: 5_000,
  cpuMs: 2_000,
  memoryMb: 64,
  stackKb: 512,
  posts: 50,
  bodyBytes: 65_536,
  outputBytes: 524_288,
  stateBytes: 1_048_576,
  logBytes: 65_536,
  timers: 16,
  fetches: 10,
};

export type BotErrorCode =
  | 'TIMEOUT'
  | 'MEMORY_LIMIT'
  | 'STACK_OVERFLOW'
  | 'BOT_THREW'
  | 'POST_LIMIT'
  | 'BODY_TOO_LARGE'
  | 'OUTPUT_LIMIT'
  | 'STATE_TOO_LARGE'
  | 'STALE_STATE'
  | 'BAD_EFFECT'
  | 'MODULE_NOT_ALLOWED'
  | WebFailure
  | 'RUNNER_CRASHED'
  | 'CODE_CHANGED'
  | 'SANDBOX_UNAVAILABLE'
  | 'QUEUE_FULL'
  | 'SECRETS_UNAVAILABLE'
  | 'UPDATE_REFUSED'
  | 'CODE_BLOCKED'
  | 'LOOP_GUARD';

export type Outcome = 'ok' | 'timed_out' | 'threw' | 'killed';

export interface RunError {
  code: BotErrorCode;
  /** May quote the bot. Never show it to a model as our own words. */
  detail: string;
  module?: string;
  allowed?: string[];
}

/** What one hook did. A run that failed has no effects and no state: it costs only itself. */
export interface RunResult {
  outcome: Outcome;
  error?: RunError;
  effects: Effect[];
  /** Only where the bot saved its state. */
  state?: { value: Json; version: number };
  logs: string[];
  ms: number;
  /** It has read from its stream of chance. */
  drew?: true;
}

/** What a bot listens to of what other bots post: a kind and a body type, each any where it is left out. */
export interface Heard {
  kind?: 'bot' | 'control';
  type?: string;
}

export interface Manifest {
  name: string;
  version: string;
  summary: string;
  language: Language;
  hooks: Hook[];
  emits: string[];
  /** Which posts of other bots fire `on_event`; only where the class has it. */
  hears?: Heard[];
  /** JSON Schemas of the messages it takes as moves: all that may be said in a channel without text. */
  moves?: JsonObject[];
  /** What it posts may hold words of others, of members or of the network: always, or where its params have these values. */
  quotes?: true | JsonObject;
  /** Its rounds bind those who play them: a channel in front of it is a contest. */
  binding?: true;
  /** A JSON Schema (params-schema.ts says which part of it). */
  params: JsonObject;
  /** `distinct_members` is a wish: whether an account may hold two player seats is settled with the channel. */
  seats: { min: number; max: number; distinct_members: boolean };
  permissions: { network: string[]; modules: string[]; private_messages: boolean; update_channel: boolean };
  needs_env: string[];
  limits: Partial<RunLimits>;
  /** What of the state admins of the channel may see while it is in use: the properties that this JSON Schema names. */
  state_public_schema?: JsonObject;
}
