export type BundleReason = 'SYNTAX' | 'NO_CLASS' | 'LANGUAGE_UNSUPPORTED' | 'MODULE_NOT_ALLOWED';

/** The source is not a valid bot. */
export class BundleError extends Error {
  constructor(
    readonly reason: BundleReason,
    readonly detail: string,
    readonly module?: string,
    readonly allowed?: string[],
  ) {
    super(`${reason}: ${detail}`);
  }
}

/** The message for a refused import, with its line in the source. */
export const refusedImport = (module: string, line?: number) => withLine(`a bot cannot import ${module}`, line);

export const withLine = (fault: string, line?: number) => (line === undefined ? fault : `${fault} (line ${line})`);

export interface Position {
  line: number;
  column: number;
}

/** The source cannot be parsed; the detail ends with the position as `(line:column)`. */
export class UnreadableSourceError extends BundleError {
  constructor(
    fault: string,
    readonly at?: Position,
    /** Whether the parser found TypeScript syntax at the error. */
    readonly isTypeScript = false,
  ) {
    super('SYNTAX', at ? `${fault} (${at.line}:${at.column})` : fault);
  }
}

/** The message for a source without a bot class, in any language. */
export const NO_CLASS = 'a bot is one class: export it, or put it at the top level';

/** The same message for a source that uses CommonJS. */
export const NO_CLASS_IN_COMMONJS = `${NO_CLASS}. There is no module.exports here: write export default before the class`;
