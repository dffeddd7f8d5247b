import type { Chance } from './chance.js';
import type { BotErrorCode, HookInput, RunLimits } from './contract.js';
import { bytesOf, hex, hmacSha256, sha256 } from './digest.js';
import { type Ledger, Refused } from './ledger.js';
import type { WebDesk } from './web-desk.js';

/** What the engine's own state shows. A bot can throw anything, but it cannot change what happened to the engine. */
export interface Strain {
  ranOutOfMemory(): boolean;
  ranOutOfStack(): boolean;
}

/** Why a run failed; `module` names the import that was refused. */
export interface Failure {
  code: BotErrorCode;
  text: string;
  module?: string;
}

export const OUT_OF_STACK: Failure = { code: 'STACK_OVERFLOW', text: 'stack overflow' };

const OUT_OF_MEMORY: Failure = { code: 'MEMORY_LIMIT', text: 'out of memory' };
const NO_MODULE = 'there is no module ';
/** As QuickJS and V8 say it. */
const OVERFLOW = /(stack overflow|: Maximum call stack size exceeded)$/;
const KEPT_MODULES = 100;
const UNSETTLED = 'the hook waits for a promise that nothing will settle';

type Hashable = { text: string } | { hex: string };

/** The host's end of the only function a realm can call: a name and JSON text in, JSON text out. It trusts neither. */
export class RealmHost {
  private ended?: 'done' | Failure;
  /** The last of them; a bot can ask for names without end. */
  private readonly refusedModules = new Set<string>();

  constructor(
    private readonly input: HookInput,
    private readonly limits: RunLimits,
    readonly ledger: Ledger,
    private readonly chance: Chance,
    private readonly web: WebDesk,
    private readonly strain: Strain,
  ) {}

  get hasEnded(): boolean {
    return this.ended !== undefined;
  }

  answer(operation: string, request: string): string {
    try {
      const perform = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
      if (!perform) throw new Refused('BAD_EFFECT', 'there is no such operation');
      return JSON.stringify({ value: perform(JSON.parse(request)) ?? null, refused: null });
    } catch (error) {
      const code = error instanceof Refused ? error.code : 'BAD_EFFECT';
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

  outcome(): Failure | undefined {
    if (this.ended === 'done') return undefined;
    if (this.ended) return this.ended;
    return this.strain.ranOutOfMemory() ? OUT_OF_MEMORY : { code: 'BOT_THREW', text: UNSETTLED };
  }

  // biome-ignore lint/suspicious/noExplicitAny: requests come from the realm; each operation checks what it uses.
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
    web: (request) => this.web.take(request),
    web_text: (n) => this.web.text(n),
    web_hex: (n) => hex(this.web.bytes(n)),
    unit: () => this.chance.unit(),
    below: (k) => this.chance.below(k),
    bytes: (count) => hex(this.chance.bytes(upTo(65_536, count))),
    sha256: (data) => hex(sha256(bytes(data))),
    hmac_sha256: ([key, data]) => hex(hmacSha256(bytes(key), bytes(data))),
    done: () => {
      this.ended ??= 'done';
    },
    failed: (told) => {
      this.ended ??= this.failureOf(told);
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
  }): Failure {
    if (code) return { code, text };
    // With no memory left the engine cannot even make an error to throw: it throws null.
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
  return 'text' in data ? new TextEncoder().encode(data.text) : bytesOf(data.hex);
}

function upTo(most: number, count: unknown): number {
  if (!Number.isInteger(count) || (count as number) < 0 || (count as number) > most) {
    throw new Refused('BAD_EFFECT', `count is not a whole number up to ${most}`);
  }
  return count as number;
}
