import type * as Stripper from '@swc/wasm-typescript';
import { parse } from 'acorn';
import { UnreadableSourceError } from './bundle-error.js';
import { newStripper } from './new-stripper.js';

/** Replaces types by spaces, so that line numbers and columns stay the same. */
export function stripTypes(source: string): string {
  stripper ??= newStripper();
  try {
    const { code } = stripper.transformSync(source, { mode: 'strip-only', module: true, filename: 'bot.ts' });
    return withSemicolons(source, code);
  } catch (error) {
    const { name, message, code, startLine, startColumn } = error as Partial<Error & StripError>;
    if (name === 'RangeError' || name === 'RuntimeError') {
      stripper = undefined;
      throw new UnreadableSourceError('the source is nested too deeply');
    }
    const at = startLine && startColumn !== undefined ? { line: startLine, column: startColumn } : undefined;
    throw new UnreadableSourceError(explained(firstLine(message ?? String(error))), at, code === 'UnsupportedSyntax');
  }
}

/** The fields of the package's errors, besides its types. */
interface StripError {
  code: 'InvalidSyntax' | 'UnsupportedSyntax';
  startLine: number;
  startColumn: number;
}

let stripper: typeof Stripper | undefined;

/**
 * Restores a semicolon that was removed with a type, if the next line would otherwise continue the statement: `type C =
 * number⏎;[0, 1].forEach(…)`.
 */
function withSemicolons(source: string, code: string): string {
  if (source.length !== code.length) return code;
  const lost = [...source.matchAll(/;/g)]
    .map(({ index }) => index)
    .filter((at) => code[at] !== ';' && CONTINUES.test(code.slice(at + 1, at + 1 + MAX_GAP)));
  if (lost.length === 0) return code;
  const units = code.split('');
  for (const at of lost) units[at] = ';';
  const all = units.join('');
  if (isModule(all)) return all;
  // A semicolon inside an expression must not be restored, so each candidate is tried by parsing.
  return lost.slice(0, MAX_TRIED).reduce((text, at) => {
    const mended = withSemicolon(text, at);
    return isModule(mended) ? mended : text;
  }, code);
}

const withSemicolon = (text: string, at: number) => `${text.slice(0, at)};${text.slice(at + 1)}`;

/** How far after a semicolon a continuation is searched, in characters. */
const MAX_GAP = 2_000;
/** Each attempt parses the whole source. */
const MAX_TRIED = 50;

/** Text that continues the statement of the previous line. */
const CONTINUES = /^(\s|\/\/[^\n]*\n|\/\*[^*]*\*+([^/*][^*]*\*+)*\/)*[([/+\-`*%,.<>=&|^?]/;

function isModule(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
    return true;
  } catch {
    return false;
  }
}

/** A clearer message than the stripper's own. */
function explained(message: string): string {
  const [, what] = /^TypeScript (.+) is not supported in strip-only mode/.exec(message) ?? [];
  if (!what) return message;
  return `TypeScript ${what} is not supported here: it must be compiled, and types are only removed here`;
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 300);
}
