/** Exit codes, by what went wrong. 0 is success. */
export const EXIT_CODES = { refused: 1, usage: 2, notSignedIn: 3, unreachable: 4 } as const;
export type FailureKind = keyof typeof EXIT_CODES;

/** An end of the command that its user is told about: what happened, and what to do. Never holds a token. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly kind: FailureKind,
    /** The server's problem code, or one of ours in the same form. */
    readonly code: string,
    message: string,
    readonly fix?: string,
  ) {
    super(message);
  }

  get exitCode() {
    return EXIT_CODES[this.kind];
  }
}

export const usage = (message: string, fix?: string) => new Failure('usage', 'USAGE', message, fix);

export const notSignedIn = (server: string, message = `You are not signed in at ${server}.`) =>
  new Failure('notSignedIn', 'NOT_SIGNED_IN', message, `Run: parley login ${server}`);
