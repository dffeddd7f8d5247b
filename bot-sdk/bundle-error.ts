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
