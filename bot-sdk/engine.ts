import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import moduleLoader from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { EngineMemory } from './engine-memory.js';

/** What bots run on. Part of every bundle hash: another engine is another bundle. */
export const ENGINE = 'quickjs@0.32.0';

export interface Engine {
  quickjs: QuickJSWASMModule;
  memory: EngineMemory;
}

/**
 * An engine nobody has used, with so much memory and no more. It takes a millisecond, since the code is compiled once, and
 * means that not even a bug of the engine carries anything from one hook to the next.
 *
 * The limit is the memory itself: QuickJS compiled to WASM cannot tell the size of a block, so its own limit lets two
 * gigabytes pass for sixteen megabytes.
 */
export async function freshEngine(memoryMb: number): Promise<Engine> {
  compiled ??= compile();
  const maximum = Math.max(memoryMb * PAGES_PER_MB, INITIAL_PAGES);
  const memory = new EngineMemory({ initial: INITIAL_PAGES, maximum });
  const variant = newVariant(VARIANT, { wasmModule: await compiled, wasmMemory: memory });
  return { quickjs: await newQuickJSWASMModuleFromVariant(variant), memory };
}

const PAGES_PER_MB = 16;
/** The build asks for 16 MB. */
const INITIAL_PAGES = 256;

/** The package's own variant, without its dynamic import. */
const VARIANT = {
  type: 'sync' as const,
  importFFI: async () => QuickJSFFI,
  importModuleLoader: async () => moduleLoader,
};

let compiled: Promise<object> | undefined;

// Every place this runs has it; only the DOM's types, which we do not load, declare it.
declare const WebAssembly: {
  compile(code: Uint8Array): Promise<object>;
};

async function compile(): Promise<object> {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  return WebAssembly.compile(await readFile(file));
}
