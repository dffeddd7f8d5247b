import type { Chance } from './chance.js';
import type { BotErrorCode, FoundHooks, HookInput, RunLimits } from './contract.js';
import { hex, hmacSha256, sha256, utf8Bytes } from './digest.js';
import { LIBRARIES } from './kit/libraries.js';
import { type Ledger, RefusedEffectError } from './ledger.js';
import { foundOf } from './trial.js';
import type { WebDesk } from './web-desk.js';

/** The resources that the engine ran out of. A bot can throw any error, but cannot change these facts. */
export interface Strain {
  ranOutOfMemory(): boolean;
  ranOutOfStack(): boolean;
}

/** Why a run failed; `module` is the refused import. */
export interface RealmFailure {
  code: BotErrorCode;
  text: string;
  module?: string;
}

export const TOO_LONG: RealmFailure = { code: 'TIMEOUT', text: 'the hook took too long' };
const LEFT_RUNNING: RealmFailure = {
  code: 'TIMEOUT',
  text: 'the hook took too long: it had returned, but not everything that it had started was over',
};

export const OUT_OF_STACK: RealmFailure = { code: 'STACK_OVERFLOW', text: 'stack overflow' };

const OUT_OF_MEMORY: RealmFailure = { code: 'MEMORY_LIMIT', text: 'out of memory' };
const NO_MODULE = 'there is no module ';
/** The messages of QuickJS and V8. */
const OVERFLOW = /(stack overflow|: Maximum call stack size exceeded)$/;
const KEPT_MODULES = 100;
const UNSETTLED = 'the hook waits for a promise that nothing will settle';

type Hashable = { text: string } | { hex: string };

/**
 * The host's side of the only function that a realm can call: a name and JSON text in, JSON text out. Both are
 * untrusted.
 */
export class RealmHost {
  private isDone = false;
  private failure?: RealmFailure;
  /** The result of a trial. */
  found?: FoundHooks;
  /** Only the last ones are kept, because a bot can request any number. */
  private readonly refusedModules = new Set<string>();

  constructor(
    private readonly input: HookInput,
    private readonly limits: RunLimits,
    readonly ledger: Ledger,
    private readonly chance: Chance,
    private readonly web: WebDesk,
    private readonly strain: Strain,
  ) {}

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /** The failure when time is over, depending on whether the hook itself had finished. */
  get late(): RealmFailure {
    return this.isDone ? LEFT_RUNNING : TOO_LONG;
  }

  answer(operation: string, request: string): string {
    try {
      const perform = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
      if (!perform) throw new RefusedEffectError('BAD_EFFECT', 'there is no such operation');
      return JSON.stringify({ value: perform(JSON.parse(request)) ?? null, refused: null });
    } catch (error) {
      const code = error instanceof RefusedEffectError ? error.code : 'BAD_EFFECT';
      return JSON.stringify({ refused: { code, detail: error instanceof Error ? error.message : 'refused' } });
    }
  }

  get hasDrawn(): boolean {
    return this.chance.isDrawn;
  }

  refuseModule(name: string): Error {
    const module = name.slice(0, 200);
    this.refusedModules.add(module);
    if (this.refusedModules.size > KEPT_MODULES) this.refusedModules.delete([...this.refusedModules][0] as string);
    return new Error(NO_MODULE + module);
  }

  outcome(): RealmFailure | undefined {
    if (this.failure) return this.failure;
    if (this.isDone) return undefined;
    return this.strain.ranOutOfMemory() ? OUT_OF_MEMORY : { code: 'BOT_THREW', text: UNSETTLED };
  }

  // biome-ignore lint/suspicious/noExplicitAny: requests come from the realm; each operation validates what it uses
  private readonly operations: Record<string, (request: any) => unknown> = {
    input: () => {
      const { key, ...visible } = this.input;
      const { bodyBytes, stateBytes } = this.limits;
      return { ...visible, limits: { bodyBytes, stateBytes } };
    },
    post: (draft) => this.ledger.post(draft),
    reveal: (target) => this.ledger.reveal(target),
    get_state: () => (this.ledger.version === 0 ? (this.ledger.state ?? {}) : this.ledger.state),
    set_state: ({ value, expected }) => this.ledger.setState(value, expected),
    state_version: () => this.ledger.version,
    set_timer: ({ name, seconds }) => this.ledger.setTimer(name, seconds),
    clear_timer: (name) => this.ledger.clearTimer(name),
    finish: (result) => this.ledger.finish(result),
    update_channel: (ops) => this.ledger.updateChannel(ops),
    log: (line) => this.ledger.log(line),
    library: (name) => (Object.hasOwn(LIBRARIES, name) ? LIBRARIES[name] : refuseLibrary()),
    web: (request) => this.web.take(request),
    web_text: (n) => this.web.text(n),
    web_hex: (n) => hex(this.web.bytes(n)),
    unit: () => this.chance.unit(),
    below: (k) => this.chance.below(k),
    bytes: (count) => hex(this.chance.bytes(upTo(65_536, count))),
    sha256: (data) => hex(sha256(bytes(data))),
    hmac_sha256: ([key, data]) => hex(hmacSha256(bytes(key), bytes(data))),
    found: (told) => {
      this.found ??= foundOf(told);
    },
    done: () => {
      this.isDone = true;
    },
    failed: (told) => {
      this.failure ??= this.failureOf(told);
    },
  };

  private failureOf({
    code,
    text,
    stack,
    engine,
  }: {
    code?: BotErrorCode;
    text: string;
    stack?: string;
    engine?: boolean;
  }): RealmFailure {
    if (code) return { code, text };
    // Without memory the engine cannot even create an error, so it throws null.
    const isStarved = text === 'null' || (engine && text.endsWith('out of memory'));
    if (isStarved && this.strain.ranOutOfMemory()) return OUT_OF_MEMORY;
    if (engine && OVERFLOW.test(text) && this.strain.ranOutOfStack()) return OUT_OF_STACK;
    const module = [...this.refusedModules].find((name) => text === `Error: ${NO_MODULE}${name}`);
    if (module !== undefined) return { code: 'MODULE_NOT_ALLOWED', text: NO_MODULE + module, module };
    const line = /\bbot:(\d+)/.exec(stack ?? '')?.[1];
    return { code: 'BOT_THREW', text: line ? `${text} (line ${line})` : text };
  }
}

function bytes(data: Hashable): Uint8Array {
  return 'text' in data ? new TextEncoder().encode(data.text) : utf8Bytes(data.hex);
}

function refuseLibrary(): never {
  throw new RefusedEffectError('BAD_EFFECT', 'there is no such library');
}

function upTo(most: number, count: unknown): number {
  if (!Number.isInteger(count) || (count as number) < 0 || (count as number) > most) {
    throw new RefusedEffectError('BAD_EFFECT', `count is not a whole number up to ${most}`);
  }
  return count as number;
}
