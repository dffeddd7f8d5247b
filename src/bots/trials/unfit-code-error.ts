import type { Bundle } from '../../../bot-sdk/bundle.js';
import { refusedImport, withLine } from '../../../bot-sdk/bundle-error.js';
import type { RunError } from '../../../bot-sdk/contract.js';
import { modulesOf } from '../../../bot-sdk/modules.js';
import { DomainError, printable } from '../../kernel/errors.js';

/** The error for the author of code that cannot run; the detail may quote the author's own code. */
export function unfitCodeError(
  { code, detail, module }: RunError,
  bundle: Pick<Bundle, 'language' | 'importLines'>,
): DomainError {
  if (code === 'MODULE_NOT_ALLOWED') {
    const name = printable(module ?? '');
    const line = lineOfImport({ detail, module }, bundle);
    const allowed = [...modulesOf(bundle.language)];
    return new DomainError('MODULE_NOT_ALLOWED', refusedImport(name, line), { module: name, allowed });
  }
  const fault = printable(`the code does not run: ${detail.replace(LINE, '')}`, MAX_FAULT_LENGTH);
  const hint = HINTS.find(([pattern]) => pattern.test(detail))?.[1];
  return new DomainError('BOT_INVALID', withLine(hint ? `${fault}; ${hint}` : fault, lineIn(detail)));
}

/** The maximum length of a message that may quote the caller's own code. */
const MAX_FAULT_LENGTH = 180;
const LINE = / ?\(line (\d{1,6})\)$/;

/**
 * The line of the import that was refused. The engine does not report it for an import that was executed at run time.
 */
export const lineOfImport = (
  { detail, module = '' }: Pick<RunError, 'detail' | 'module'>,
  { importLines }: Pick<Bundle, 'importLines'>,
) => lineIn(detail) ?? importLines.get(module) ?? importLines.get('');

/** The line number at the end of an error message. */
export function lineIn(detail: string): number | undefined {
  const line = LINE.exec(detail)?.[1];
  return line === undefined ? undefined : Number(line);
}

/** Hints at the usual cause of a message. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^ReferenceError: '?(?:module|exports|require)'? is not defined/,
    'a bot is an ES module: use import instead of require, and export default instead of module.exports',
  ],
  [/^TypeError: \S*__init__\(\) (?:takes|missing) /, 'a bot is constructed with two arguments, ctx and params'],
];
