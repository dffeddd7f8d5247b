import type { WebFailure } from './web.js';

/** The contract between a bot and its runner, used by all runners and the tests. */
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
  /** `body.text` of a private message, or an empty text. */
  text?: string;
  /** Present if the member signed the message with the key of the seat. */
  signed?: true;
}

export type HookCall =
  | { hook: 'on_init' }
  | { hook: 'on_join' | 'on_leave'; player: string }
  | { hook: 'on_message' | 'on_event'; msg: HookMessage }
  | { hook: 'on_private_message'; player: string; msg: HookMessage }
  | { hook: 'on_timer'; name: string };

/** The complete input of a hook. The same input gives the same result on any machine. */
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
  /** The hex key of this run's random stream (chance.ts). The bot's code never sees it. */
  key: string;
  run: number;
  /** The bot's temporary folder during the hook, if it has one. */
  workspace?: string;
  /** A trial: the bot is constructed, no hook is called, and the result lists its hooks (trial.ts). */
  trial?: true;
}

export type PostEffect = {
  type: 'post';
  kind: 'bot' | 'control' | 'private';
  /** The kind that the bot requested, if it was not one of the three. */
  label?: string;
  body: JsonObject;
  to?: string;
  sealed?: true;
  /** The state's version when the bot posted. */
  state_version: number;
  /** `<run>:<index>`: the bot's reference to a post that has no id yet. */
  handle: string;
};

export type Effect =
  | PostEffect
  /** A message id, or the handle of the bot's own sealed post. */
  | { type: 'reveal'; target: number | string }
  /** At least 1 second; smaller values count as 1. */
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
  /** The number of network requests. */
  fetches: number;
}

/** The limits of the embedded runner. A container has more memory, because its workspace is in memory too. */
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
  /** May quote the bot. Never show it to a model as our own text. */
  detail: string;
  module?: string;
  allowed?: string[];
}

/** The hooks of a bot after its construction, and the names of other methods that begin with “on”. */
export interface FoundHooks {
  hooks: Hook[];
  names: string[];
}

/** The result of one hook. A failed run has no effects and no state. */
export interface RunResult {
  outcome: Outcome;
  error?: RunError;
  effects: Effect[];
  /** Present only if the bot saved its state. */
  state?: { value: Json; version: number };
  logs: string[];
  ms: number;
  /** Present if the bot read from its random stream. */
  drew?: true;
  /** Present after a successful trial. */
  found?: FoundHooks;
}

/** Which posts of other bots a bot listens to: a kind and a body type, each optional. */
export interface EventFilter {
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
  /** Which posts of other bots call `on_event`; only if the class has that hook. */
  hears?: EventFilter[];
  /** JSON Schemas of the messages that count as moves. In a channel without text only these are accepted. */
  moves?: JsonObject[];
  /** Its posts may contain text of members or from the network: always, or if its params have these values. */
  quotes?: true | JsonObject;
  /** Its rounds are binding for the players: a channel with it is a contest. */
  binding?: true;
  /** A JSON Schema (the supported part: params-schema.ts). */
  params: JsonObject;
  /** `distinct_members` is a recommendation: the setting is made when the channel is created. */
  seats: { min: number; max: number; distinct_members: boolean };
  permissions: { network: string[]; modules: string[]; private_messages: boolean; update_channel: boolean };
  needs_env: string[];
  limits: Partial<RunLimits>;
  /**
   * The part of the state that admins of the channel may see while it is in use: the properties that this JSON Schema
   * names.
   */
  state_public_schema?: JsonObject;
}
