import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The WebAssembly of the engine as it was built, in a file that a browser build replaces. */
export async function engineBinary(): Promise<Uint8Array<ArrayBuffer>> {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  return Uint8Array.from(await readFile(file));
}
