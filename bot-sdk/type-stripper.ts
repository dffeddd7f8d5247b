import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type * as Stripper from '@swc/wasm-typescript';
import { UnreadableSource } from './bundle-error.js';

/** Blanks the types out and leaves everything else where it was, so that line numbers stay true. */
export function stripTypes(source: string): string {
  stripper ??= load();
  try {
    return stripper.transformSync(source, { mode: 'strip-only', module: true, filename: 'bot.ts' }).code;
  } catch (error) {
    const { name, message, code, startLine, startColumn } = error as Partial<Error & StripError>;
    if (name === 'RangeError' || name === 'RuntimeError') {
      stripper = undefined;
      throw new UnreadableSource('the source is nested too deeply');
    }
    const at = startLine && startColumn !== undefined ? { line: startLine, column: startColumn } : undefined;
    throw new UnreadableSource(firstLine(message ?? String(error)), at, code === 'UnsupportedSyntax');
  }
}

/** What the package's errors hold, beyond its types. */
interface StripError {
  code: 'InvalidSyntax' | 'UnsupportedSyntax';
  startLine: number;
  startColumn: number;
}

let stripper: typeof Stripper | undefined;

/**
 * Loads the stripper anew, past the module cache: a source that ends its stack leaves it broken for every source after,
 * and then only another instance helps.
 */
function load(): typeof Stripper {
  const require = createRequire(import.meta.url);
  const file = require.resolve('@swc/wasm-typescript');
  const module = { exports: {} as typeof Stripper };
  compileFunction(readFileSync(file, 'utf8'), ['module', 'exports', 'require'])(module, module.exports, require);
  return module.exports;
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 300);
}
