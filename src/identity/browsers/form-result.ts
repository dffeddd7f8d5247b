/** What a page shows after a form was submitted. */
export interface FormResult {
  /** Error messages by field. */
  readonly problems?: Readonly<Record<string, string>>;
  /** A new token, shown only once. */
  readonly token?: string;
}
