/** Exit codes by the kind of error. 0 is success. */
export const EXIT_CODES = { refused: 1, usage: 2, notSignedIn: 3, unreachable: 4 } as const;
export type FailureKind = keyof typeof EXIT_CODES;

/** Extra fields of an error: numbers, names and lists, such as `module` and `allowed`. */
export type CliErrorFacts = Readonly<Record<string, unknown>>;

/** An error for the user: what happened, and what to do. It never contains a token. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    readonly kind: FailureKind,
    /** The server's problem code, or one of our own in the same format. */
    readonly code: string,
    message: string,
    readonly fix?: string,
    readonly facts: CliErrorFacts = {},
  ) {
    super(message);
  }

  get exitCode() {
    return EXIT_CODES[this.kind];
  }

  /** All lines for a person. `shown` makes text of other people safe for a terminal. */
  lines(shown: (fact: unknown) => string): string[] {
    const facts = Object.entries(this.facts).map(([name, value]) => `  ${name}: ${shown(value)}`);
    return [`${this.code}: ${this.message}`, ...facts, ...(this.fix ? [this.fix] : [])];
  }
}

export const usage = (message: string, fix?: string, facts?: CliErrorFacts) =>
  new CliError('usage', 'USAGE', message, fix, facts);

export const notSignedIn = (server: string, message = `You are not signed in at ${server}.`) =>
  new CliError('notSignedIn', 'NOT_SIGNED_IN', message, `Run: parley login ${server}`);
