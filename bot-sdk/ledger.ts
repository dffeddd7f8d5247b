import type { BotErrorCode, Effect, HookInput, Json, RunLimits } from './contract.js';
import { byteLength, NotJson, plainJson, plainObject } from './plain-json.js';

const KEPT_KINDS = ['bot', 'control', 'private'];
/** Below it a bot that sets its timer again and again would keep the server busy by itself. */
const MIN_TIMER_SECONDS = 1;
const MAX_TIMER_SECONDS = 30 * 86_400;
const MAX_OPS = 50;

/** The post as the bot asked for it. Nothing in it has been checked. */
export interface Draft {
  kind?: unknown;
  body?: unknown;
  to?: unknown;
  sealed?: unknown;
}

/**
 * What one run asks the world to do, checked while it asks. It stands on our side of the wall and takes no value on trust:
 * the realm fills one as the hook runs, and whoever receives a result fills another from it (recheck.ts).
 */
export class Ledger {
  readonly effects: Effect[] = [];
  readonly logs: string[] = [];
  version: number;
  state: Json;
  isSaved = false;
  private outputBytes = 0;
  private logBytes = 0;
  private posts = 0;

  constructor(
    private readonly input: HookInput,
    private readonly limits: RunLimits,
  ) {
    this.version = input.state_version;
    this.state = input.state;
  }

  post({ kind, body, to, sealed }: Draft): string {
    if (typeof kind !== 'string' || kind.length < 1 || kind.length > 32)
      refuse('BAD_EFFECT', 'kind is not a text of 1 to 32 characters');
    const checked = demand(() => plainObject(typeof body === 'string' ? { text: body } : body, 'body'));
    this.countPost();
    this.countBytes(checked, 'body');
    const handle = `${this.input.run}:${this.effects.length}`;
    this.effects.push({
      type: 'post',
      kind: this.kindOf(kind, to),
      ...(KEPT_KINDS.includes(kind) ? {} : { label: demand(() => plainJson(kind, 'kind')) as string }),
      body: checked,
      ...(to === undefined ? {} : { to: this.seatOf(to) }),
      ...(sealed === true ? { sealed } : {}),
      state_version: this.version,
      handle,
    });
    return handle;
  }

  reveal(target: unknown): void {
    const isHandle =
      typeof target === 'string' && this.effects.some((e) => e.type === 'post' && e.sealed && e.handle === target);
    const isId = Number.isSafeInteger(target) && (target as number) >= 0;
    const isOlderHandle =
      typeof target === 'string' && /^\d{1,15}:\d{1,3}$/.test(target) && !target.startsWith(`${this.input.run}:`);
    if (!isHandle && !isId && !isOlderHandle)
      refuse('BAD_EFFECT', 'reveal needs a message id or the handle of a sealed post');
    this.countPost();
    this.effects.push({ type: 'reveal', target: target as number | string });
  }

  setState(value: unknown, expected?: unknown): number {
    if (expected !== undefined && expected !== null && expected !== this.version) {
      refuse('STALE_STATE', `the state is at version ${this.version}`);
    }
    const checked = demand(() => plainJson(value, 'state'));
    if (byteLength(checked) > this.limits.stateBytes)
      refuse('STATE_TOO_LARGE', `the state is larger than ${this.limits.stateBytes} bytes`);
    this.state = checked;
    this.isSaved = true;
    this.version += 1;
    return this.version;
  }

  setTimer(name: unknown, seconds: unknown): void {
    const isLong = typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_TIMER_SECONDS;
    if (!isLong) refuse('BAD_EFFECT', `a timer runs for 0 to ${MAX_TIMER_SECONDS} seconds`);
    this.countTimer();
    this.effects.push({ type: 'timer_set', name: timerName(name), seconds: Math.max(seconds, MIN_TIMER_SECONDS) });
  }

  clearTimer(name: unknown): void {
    this.countTimer();
    this.effects.push({ type: 'timer_clear', name: timerName(name) });
  }

  finish(result: unknown): void {
    if (this.effects.some(({ type }) => type === 'finish')) refuse('BAD_EFFECT', 'a hook can finish the round once');
    const checked = demand(() => plainObject(result ?? {}, 'result'));
    this.countBytes(checked, 'result');
    this.effects.push({ type: 'finish', result: checked });
  }

  updateChannel(ops: unknown): void {
    const checked = demand(() => plainJson(ops, 'ops'));
    if (!Array.isArray(checked) || checked.length > MAX_OPS)
      refuse('BAD_EFFECT', `ops is not a list of at most ${MAX_OPS}`);
    this.countPost();
    this.countBytes(checked, 'ops');
    this.effects.push({ type: 'update_channel', ops: checked });
  }

  /** Logs are a courtesy: what does not fit is cut, and never fails a run. */
  log(line: unknown): void {
    const room = this.limits.logBytes - this.logBytes;
    if (typeof line !== 'string' || room <= 0) return;
    const kept = line.slice(0, Math.max(0, room - 1));
    this.logBytes += new TextEncoder().encode(kept).length + 1;
    this.logs.push(kept.replace(/\p{Surrogate}/gu, '\ufffd'));
  }

  private kindOf(kind: string, to: unknown) {
    if (to !== undefined) return 'private';
    if (kind === 'private') refuse('BAD_EFFECT', 'a private post needs a seat it is for');
    return kind === 'control' ? 'control' : 'bot';
  }

  private seatOf(to: unknown): string {
    const { call, players } = this.input;
    const isHere =
      typeof to === 'string' && (players.some(({ seat }) => seat === to) || ('player' in call && call.player === to));
    if (!isHere) refuse('BAD_EFFECT', 'to is not the seat of a player');
    return to;
  }

  private countPost() {
    this.posts += 1;
    if (this.posts > this.limits.posts) refuse('POST_LIMIT', `a hook may post ${this.limits.posts} times`);
  }

  private countTimer() {
    const timers = this.effects.filter(({ type }) => type === 'timer_set' || type === 'timer_clear').length;
    if (timers >= this.limits.timers) refuse('BAD_EFFECT', `a hook may set or clear ${this.limits.timers} timers`);
  }

  private countBytes(value: Json, what: string) {
    const bytes = byteLength(value);
    if (bytes > this.limits.bodyBytes)
      refuse('BODY_TOO_LARGE', `${what} is larger than ${this.limits.bodyBytes} bytes`);
    this.outputBytes += bytes;
    if (this.outputBytes > this.limits.outputBytes)
      refuse('OUTPUT_LIMIT', `a hook may put out ${this.limits.outputBytes} bytes`);
  }
}

/** A request the ledger turned down. The bot may catch it and go on without. */
export class Refused extends Error {
  constructor(
    readonly code: BotErrorCode,
    detail: string,
  ) {
    super(detail);
  }
}

function refuse(code: BotErrorCode, detail: string): never {
  throw new Refused(code, detail);
}

function demand<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof NotJson) refuse('BAD_EFFECT', error.message);
    throw error;
  }
}

function timerName(name: unknown): string {
  if (typeof name !== 'string' || !/^[\w:.-]{1,64}$/.test(name))
    refuse('BAD_EFFECT', 'a timer name is 1 to 64 of A-Z a-z 0-9 _ : . -');
  return name;
}
