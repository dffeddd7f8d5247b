import { canonicalJson } from './canonical-json.js';
import { runKey } from './chance.js';
import {
  DEFAULT_LIMITS,
  type Effect,
  type HookCall,
  type HookInput,
  type Json,
  type JsonObject,
  type Player,
  type RunError,
  type RunLimits,
  type RunResult,
} from './contract.js';
import type { PlayableBot } from './playable.js';
import { withText } from './private-message.js';
import { runHook } from './realm.js';
import { withSpareRealms } from './spare-realms.js';
import { NO_WEB, type Web } from './web.js';

/** Runs one hook within the limits. */
export type HookRunner = (input: HookInput, limits: RunLimits, web: Web) => Promise<RunResult>;

/** One event at the table; the bot's `on_init` is called before the first. */
export type ScriptStep =
  | [event: 'join' | 'leave' | 'timer', name: string]
  | [event: 'say' | 'dm', seat: string, body: string | JsonObject]
  /** Another bot posts. */
  | [event: 'bot', botId: string, body: JsonObject]
  | [event: 'wait', seconds: number];

export interface TablePost {
  kind: string;
  body: JsonObject;
  label?: string;
  to?: string;
  state_version: number;
}

export interface Transcript {
  posts: TablePost[];
  /** All events in order, one line each, as a member would see them. */
  lines: string[];
  errors: RunError[];
  results: JsonObject[];
  /** The timers that are set, and when they fire. */
  timers: Record<string, string>;
  state: Json;
  state_version: number;
}

export interface TableOptions {
  params?: JsonObject;
  /** The seed of the random stream. */
  seed?: string;
  /** The members who are seated before the bot is attached. */
  seated?: string[];
  /** The secrets of the bot. */
  env?: Record<string, string>;
  /** Answers the bot's network requests. */
  web?: Web;
  /** Runs the hooks; default: QuickJS in this process. */
  run?: HookRunner;
}

/** A script fires a timer that the bot has not set. */
export class NoTimerError extends Error {}

/** A simulated channel without a server: it calls a bot's hooks and applies their results. */
export class Table {
  readonly transcript: Transcript = {
    posts: [],
    lines: [],
    errors: [],
    results: [],
    timers: {},
    state: null,
    state_version: 0,
  };
  private readonly players: Player[];
  private readonly seed: Uint8Array;
  private readonly env: Record<string, string>;
  private readonly web: Web;
  private readonly runner: HookRunner;
  private readonly limits: RunLimits;
  private run = 0;
  private round = 1;
  private lastId = 0;
  private now = Date.parse('2026-01-01T00:00:00.000Z');

  constructor(
    { bundle, manifest }: PlayableBot,
    private readonly params: JsonObject,
    { seed = 'seed', seated = [], env = {}, web = NO_WEB, run }: TableOptions,
  ) {
    this.env = env;
    this.web = web;
    this.runner =
      run ??
      ((input, limits, network) =>
        withSpareRealms((realms) => runHook(bundle, input, limits, { web: network, realms })));
    this.limits = { ...DEFAULT_LIMITS, ...manifest.limits };
    this.seed = new TextEncoder().encode(seed.padEnd(32, '.'));
    this.players = seated.map(playerAt);
  }

  async take([event, name, body]: ScriptStep): Promise<void> {
    if (event === 'wait') {
      this.now += name * 1_000;
      return;
    }
    this.now += 1_000;
    this.transcript.lines.push(
      `${name}: ${event === 'say' || event === 'bot' ? bodyText(body) : event === 'dm' ? `(to the bot) ${bodyText(body)}` : `<${event}>`}`,
    );
    await this.hook(this.callOf(event, name, body));
  }

  async hook(call: HookCall): Promise<void> {
    const { transcript } = this;
    const input: HookInput = {
      channel_id: 'chn_play',
      bot_id: 'bot_play',
      call,
      now: this.time(),
      params: this.params,
      // As the server stores it: with its members sorted.
      state: JSON.parse(canonicalJson(transcript.state)),
      state_version: transcript.state_version,
      players: this.players,
      env: this.env,
      run: ++this.run,
      key: runKey(this.seed, 'chn_play', 'bot_play', this.round, this.run, []),
    };
    const { effects, state, error } = await this.runner(input, this.limits, this.web);
    if (state) [transcript.state, transcript.state_version] = [state.value, state.version];
    if (error) {
      transcript.errors.push(error);
      transcript.lines.push(`! ${error.code}: ${error.detail}`);
    }
    for (const effect of effects) this.see(effect);
  }

  private callOf(event: Exclude<ScriptStep[0], 'wait'>, name: string, body: string | JsonObject = ''): HookCall {
    const msg = {
      id: ++this.lastId,
      channel_id: 'chn_play',
      sender: event === 'bot' ? `bot:${name}` : name,
      kind: event === 'bot' ? 'control' : 'user',
      body: typeof body === 'string' ? { text: body } : body,
      ts: this.time(),
    };
    switch (event) {
      case 'join':
        if (!this.players.some(({ seat }) => seat === name)) this.players.push(playerAt(name));
        return { hook: 'on_join', player: name };
      case 'leave':
        this.players.splice(0, this.players.length, ...this.players.filter(({ seat }) => seat !== name));
        return { hook: 'on_leave', player: name };
      case 'timer':
        return this.fire(name);
      case 'say':
        return { hook: 'on_message', msg };
      case 'dm':
        return { hook: 'on_private_message', player: name, msg: withText(msg) };
      case 'bot':
        return { hook: 'on_event', msg };
    }
  }

  private fire(name: string): HookCall {
    const due = this.transcript.timers[name];
    if (due === undefined) throw new NoTimerError(`no timer ${name} is set`);
    delete this.transcript.timers[name];
    this.now = Math.max(this.now, Date.parse(due));
    return { hook: 'on_timer', name };
  }

  private see(effect: Effect) {
    const { posts, lines, results, timers } = this.transcript;
    if (effect.type === 'post') {
      const { type, handle, sealed, ...post } = effect;
      this.lastId += 1;
      posts.push(post);
      lines.push(`${post.to ? `bot to ${post.to}` : post.kind}: ${bodyText(post.body)}`);
    }
    if (effect.type === 'timer_set') timers[effect.name] = new Date(this.now + effect.seconds * 1_000).toISOString();
    if (effect.type === 'timer_clear') delete timers[effect.name];
    if (effect.type === 'finish') {
      results.push(effect.result);
      this.round += 1;
    }
  }

  private time(): string {
    return new Date(this.now).toISOString();
  }
}

function playerAt(seat: string): Player {
  return { seat, label: seat, name: seat };
}

function bodyText(body: Json | undefined): string {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return JSON.stringify(body ?? null);
  const { type, ...rest } = body;
  if (type === undefined && typeof rest.text === 'string' && Object.keys(rest).length === 1) return rest.text;
  const members = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [...(type === undefined ? [] : [bodyText(type)]), ...members].join(' ');
}
