// @ts-expect-error the bundler puts the bytes of the file here
import binary from '@jitl/quickjs-wasmfile-release-sync/wasm';

/** Takes the place of bot-sdk/engine-binary.ts in the browser: the WebAssembly of the engine is part of the script. */
export const engineBinary = async (): Promise<Uint8Array> => binary;
