/**
 * The memory of one engine, with so many pages and no more. It remembers what the engine went through: QuickJS says that it
 * ran out of memory or stack by an error like any other, and a bot can throw such an error itself.
 */
export class EngineMemory extends WebAssembly.Memory {
  private refusals = 0;
  private isExhausted = false;

  /** Called by the engine's glue code, with less and less for one and the same need, and with what is least at the end. */
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

  /** Whether the engine has needed memory that it did not get. */
  ranOutOfMemory(): boolean {
    return this.isExhausted;
  }

  /** Whether the engine's stack has been in use down to the last quarter of so much. */
  ranOutOfStack(stackKb: number): boolean {
    const bytes = stackKb * 1024;
    return new Uint8Array(this.buffer, STACK_TOP - bytes, bytes / 4).some((byte) => byte !== 0);
  }
}

/** How often the glue code asks before it gives up. */
const TRIES = 3;
/** Where the build puts its stack, which grows downwards through memory that is zero at first: the start of its global 0. */
const STACK_TOP = 5_333_088;

// Every place this runs has it; only the DOM's types, which we do not load, declare it.
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number }) => { buffer: ArrayBuffer; grow(pages: number): number };
};
