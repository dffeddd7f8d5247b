import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type * as Stripper from '@swc/wasm-typescript';

/**
 * Loads a new instance of the stripper of types, bypassing the module cache: a source that overflows its stack breaks the
 * instance for all later sources. A browser build replaces this file.
 */
export function newStripper(): typeof Stripper {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@swc/wasm-typescript');
  const module = { exports: {} as typeof Stripper };
  compileFunction(readFileSync(file, 'utf8'), ['module', 'exports', 'require'])(module, module.exports, require);
  return module.exports;
}
