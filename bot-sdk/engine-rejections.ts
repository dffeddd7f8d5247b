import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import type { EngineMemory } from './engine-memory.js';
import { Unhandled } from './unhandled.js';

/** The engine's function table, exported by engine-module.ts. */
export interface FunctionTable {
  grow(by: number, value: unknown): number;
}

/**
 * Records the promises of a runtime that are rejected without a handler. QuickJS can call a function for this, but this
 * build has no API to set it, so its pointer is written into memory directly.
 */
export class EngineRejections {
  private unhandled = new Unhandled<bigint, undefined>();

  constructor(private readonly memory: EngineMemory) {}

  async watch(runtime: QuickJSRuntime, table: FunctionTable): Promise<void> {
    tracker ??= WebAssembly.compile(TRACKER);
    const onRejection = (_context: number, promise: bigint, _reason: bigint, isHandled: number) => {
      if (isHandled) this.unhandled.remove(promise);
      // Keeps the promise alive, so that its address is not reused.
      else if (this.unhandled.add(promise, undefined)) this.countReference(promise);
    };
    const { exports } = await WebAssembly.instantiate(await tracker, { m: { f: onRejection } });
    const at = (runtime as unknown as { rt: { value: number } }).rt.value + TRACKER_FIELD;
    this.view().setUint32(at, table.grow(1, exports.f), true);
  }

  /** Begins anew, for an engine whose memory was restored. */
  forget(): void {
    this.unhandled = new Unhandled();
  }

  get isEmpty(): boolean {
    return this.unhandled.isEmpty;
  }

  /** The reason of the first rejection; undefined if it is not available. */
  reason(vm: QuickJSContext): QuickJSHandle | undefined {
    const { first } = this.unhandled;
    if (!first) return undefined;
    // A handle is the address of a value; the value there is replaced by the promise.
    const handle = vm.newNumber(0);
    this.view().setBigInt64((handle as unknown as { value: number }).value, first.promise, true);
    const state = vm.getPromiseState(handle);
    return state.type === 'rejected' ? state.error : undefined;
  }

  /** The reference count is the first field of an object. */
  private countReference(value: bigint) {
    const address = Number(BigInt.asUintN(32, value));
    this.view().setInt32(address, this.view().getInt32(address, true) + 1, true);
  }

  /** Created each time, because a growing memory gets another buffer. */
  private view() {
    return new DataView(this.memory.buffer);
  }
}

/**
 * The offset of `host_promise_rejection_tracker` in this build's `JSRuntime`: after the interrupt handler and its
 * argument.
 */
const TRACKER_FIELD = 160;

/** A WebAssembly module with one function of the required type, which calls the imported function. */
const TRACKER = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  // Type 0: (context i32, promise i64, reason i64, isHandled i32, opaque i32) -> nothing.
  ...[1, 9, 1, 0x60, 5, 0x7f, 0x7e, 0x7e, 0x7f, 0x7f, 0],
  // Imports `m.f` and exports it as `f`.
  ...[2, 7, 1, 1, 109, 1, 102, 0, 0],
  ...[7, 5, 1, 1, 102, 0, 0],
]);

let tracker: Promise<object> | undefined;

// Every platform we use has it, but only the DOM types, which we do not load, declare it.
declare const WebAssembly: {
  compile(code: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ exports: { f: unknown } }>;
};
