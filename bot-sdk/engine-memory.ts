import { setToZero } from './zeros.js';

/**
 * The memory of one engine, with a limit in pages. It records exhaustion, because QuickJS reports it by an ordinary
 * error, which a bot could throw as well.
 */
export class EngineMemory extends WebAssembly.Memory {
  private readonly initialBytes = this.buffer.byteLength;
  private refusals = 0;
  private isExhausted = false;

  /** Called by the engine's glue code, several times with decreasing sizes for one allocation, the smallest last. */
  override grow(pages: number): number {
    try {
      const before = super.grow(pages);
      this.refusals = 0;
      return before;
    } catch (error) {
      this.refusals += 1;
      this.isExhausted ||= this.refusals >= TRIES;
      throw error;
    }
  }

  /** Whether the engine has more memory than it began with. */
  get hasGrown(): boolean {
    return this.buffer.byteLength > this.initialBytes;
  }

  /** Erases what calls that have returned left on the stack. Only while no code of the engine runs. */
  eraseStack(): void {
    setToZero(new Uint8Array(this.buffer), STACK_TOP - STACK_BYTES, STACK_TOP);
  }

  /** Whether the engine was refused memory. */
  ranOutOfMemory(): boolean {
    return this.isExhausted;
  }

  /** Whether the engine's stack of this size was used down to its last quarter. */
  ranOutOfStack(stackKb: number): boolean {
    const bytes = stackKb * 1024;
    return new Uint8Array(this.buffer, STACK_TOP - bytes, bytes / 4).some((byte) => byte !== 0);
  }
}

/** How often the glue code tries before it gives up. */
const TRIES = 3;
/**
 * The top of the stack in this build (initial value of global 0). The stack grows downwards through memory that is
 * initially zero.
 */
const STACK_TOP = 5_333_088;
/** The size of the whole stack in this build; below it are the engine's constants. */
const STACK_BYTES = 5 * 1024 * 1024;

// Every platform we use has it, but only the DOM types, which we do not load, declare it.
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer; grow(pages: number): number };
};
