export type BundleReason = 'SYNTAX' | 'NO_CLASS' | 'LANGUAGE_UNSUPPORTED' | 'MODULE_NOT_ALLOWED';

/** Why a source is no bot. */
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

export interface Position {
  line: number;
  column: number;
}

/** A source that a reader could not read to its end; the detail ends with the place, as `(line:column)`. */
export class UnreadableSource extends BundleError {
  constructor(
    fault: string,
    readonly at?: Position,
    /** Whether the reader knows that what it stopped at is TypeScript. */
    readonly isTypeScript = false,
  ) {
    super('SYNTAX', at ? `${fault} (${at.line}:${at.column})` : fault);
  }
}
