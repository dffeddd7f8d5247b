import type { Report } from '../../verifier/report/report.js';

/** What the page asks its worker: to verify one file. */
export interface Order {
  readonly file: Uint8Array;
  readonly key?: string;
  readonly policy?: string;
  readonly checkpoint?: string;
}

/** What the worker answers: how far it is, and in the end the report or why there is none. */
export type Message =
  | { readonly kind: 'progress'; readonly done: number; readonly all: number }
  | { readonly kind: 'report'; readonly report: Report }
  /** An option, such as the key, is malformed. */
  | { readonly kind: 'refused'; readonly text: string };
