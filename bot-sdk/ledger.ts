import type { BotErrorCode, Effect, HookInput, Json, RunLimits } from './contract.js';
import { byteLength, NotJsonError, plainJson, plainObject } from './plain-json.js';

const KEPT_KINDS = ['bot', 'control', 'private'];
/** A lower value would allow a bot that sets its timer repeatedly to keep the server busy. */
const MIN_TIMER_SECONDS = 1;
const MAX_TIMER_SECONDS = 30 * 86_400;
const MAX_OPS = 50;
const MAX_LOG_LINES = 5_000;
const CUT = /^… (\d{1,12}) lines? cut: a run keeps /;

/** The post as the bot requested it, not validated yet. */
export interface PostDraft {
  kind?: unknown;
  body?: unknown;
  to?: unknown;
  sealed?: unknown;
}

/**
 * The effects that one run requests, validated as they are requested. It runs on the host's side and trusts no value.
 * The realm fills one while the hook runs, and the receiver of a result fills another one from it (recheck.ts).
 */
export class Ledger {
  readonly effects: Effect[] = [];
  private readonly lines: string[] = [];
  private cutLines = 0;
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

  post({ kind, body, to, sealed }: PostDraft): string {
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

  /**
   * Adds a log line and returns whether there is room for more. Lines over the limit are cut and counted; logging never
   * fails a run.
   */
  log(line: unknown): boolean {
    const room = this.limits.logBytes - this.logBytes - 1;
    const text =
      typeof line === 'string' && this.lines.length < MAX_LOG_LINES && room >= 0 ? line.toWellFormed() : undefined;
    const kept = text === undefined ? undefined : startOf(text, room);
    if (kept !== undefined) {
      this.lines.push(kept);
      this.logBytes += new TextEncoder().encode(kept).length + 1;
    }
    if (kept === undefined || kept !== text) this.cutLines += 1;
    return this.cutLines === 0;
  }

  /** Adds the lines of another ledger, whose last line may be its count of cut lines. */
  logAgain(lines: readonly unknown[]): void {
    const cutCount = CUT.exec(String(lines.at(-1)))?.[1];
    for (const line of cutCount ? lines.slice(0, -1) : lines) this.log(line);
    if (cutCount) this.cutLines = Math.max(this.cutLines, Number(cutCount));
  }

  /** The log lines, followed by the count of cut lines. */
  get logs(): string[] {
    return this.cutLines === 0 ? this.lines : [...this.lines, cutLine(this.cutLines)];
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

/** The ledger refused a request. The bot may catch this error and continue. */
export class RefusedEffectError extends Error {
  constructor(
    readonly code: BotErrorCode,
    detail: string,
  ) {
    super(detail);
  }
}

function refuse(code: BotErrorCode, detail: string): never {
  throw new RefusedEffectError(code, detail);
}

function demand<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof NotJsonError) refuse('BAD_EFFECT', error.message);
    throw error;
  }
}

function timerName(name: unknown): string {
  if (typeof name !== 'string' || !/^[\w:.-]{1,64}$/.test(name))
    refuse('BAD_EFFECT', 'a timer name is 1 to 64 of A-Z a-z 0-9 _ : . -');
  return name;
}

const cutLine = (count: number) =>
  `… ${count} line${count === 1 ? '' : 's'} cut: a run keeps ${MAX_LOG_LINES} lines and so many bytes of logs`;

/** The longest start of a text, in whole characters, that fits into a number of UTF-8 bytes. */
function startOf(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytes));
  return text.slice(0, read);
}
