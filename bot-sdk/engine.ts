import moduleLoader from '@jitl/quickjs-wasmfile-release-sync/emscripten-module';
import { QuickJSFFI } from '@jitl/quickjs-wasmfile-release-sync/ffi';
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core';
import { engineBinary } from './engine-binary.js';
import { EngineMemory } from './engine-memory.js';
import { withExports } from './engine-module.js';
import type { FunctionTable } from './engine-rejections.js';

/** The engine of bots. It is part of every bundle hash: another engine is another bundle. */
export const ENGINE = 'quickjs@0.32.0';

export interface Engine {
  quickjs: QuickJSWASMModule;
  memory: EngineMemory;
  table: FunctionTable;
  /** The engine's stack pointer. It has the same value whenever no code of the engine runs, unless the engine crashed. */
  stackPointer: { readonly value: number };
}

/**
 * Creates a new engine with a memory limit. It takes about a millisecond, because the code is compiled only once. The
 * limit is enforced by the WebAssembly
 * memory: QuickJS compiled to WASM cannot tell the size of a block, so its own limit of 16 MB would allow 2 GB.
 */
export async function freshEngine(memoryMb: number): Promise<Engine> {
  compiled ??= compile();
  const maximum = Math.max(memoryMb * PAGES_PER_MB, INITIAL_PAGES);
  const memory = new EngineMemory({ initial: INITIAL_PAGES, maximum });
  let exports: Exports | undefined;
  const variant = newVariant(
    variantWithInstance((instance) => {
      exports = instance.exports;
    }),
    { wasmModule: await compiled, wasmMemory: memory },
  );
  const quickjs = await newQuickJSWASMModuleFromVariant(variant);
  const { table, stackPointer } = exports as unknown as Exports;
  return { quickjs, memory, table, stackPointer };
}

const PAGES_PER_MB = 16;
/** The build requires 16 MB. */
const INITIAL_PAGES = 256;

interface Exports {
  table: FunctionTable;
  stackPointer: { readonly value: number };
}

interface Instance {
  exports: Exports;
}

interface LoaderOptions {
  instantiateWasm(imports: object, onSuccess: (instance: Instance) => void): unknown;
}

/** The package's own variant without its dynamic import; `onInstance` receives the instance when it is created. */
function variantWithInstance(onInstance: (instance: Instance) => void) {
  const load = (options: LoaderOptions) => {
    const { instantiateWasm } = options;
    options.instantiateWasm = (imports, onSuccess) =>
      instantiateWasm(imports, (instance) => {
        onInstance(instance);
        onSuccess(instance);
      });
    return (moduleLoader as unknown as (options: LoaderOptions) => unknown)(options);
  };
  return {
    type: 'sync' as const,
    importFFI: async () => QuickJSFFI,
    importModuleLoader: async () => load as unknown as typeof moduleLoader,
  };
}

let compiled: Promise<object> | undefined;

// Every platform we use has it, but only the DOM types, which we do not load, declare it.
declare const WebAssembly: {
  compile(code: Uint8Array): Promise<object>;
};

const compile = async () => WebAssembly.compile(withExports(await engineBinary()));
