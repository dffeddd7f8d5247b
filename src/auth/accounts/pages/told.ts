/** What there is to say after something was asked for. */
export interface Told {
  /** What did not work, by field. */
  readonly problems?: Readonly<Record<string, string>>;
  /** A token just made: shown this once. */
  readonly token?: string;
}
