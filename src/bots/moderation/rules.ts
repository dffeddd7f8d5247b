/** A description of each rule for readers of its findings. A finding proves nothing. */
export const RULES = {
  network: 'It uses the network.',
  import: 'It imports a module.',
  dynamic_import: 'It imports modules whose names it computes while it runs.',
  evaluation: 'It turns text into code.',
  env: 'It reads the secrets it was given.',
  globals: 'It uses globals or prototypes that are not its own.',
  endless_loop: 'It has a loop without a condition.',
  url: 'It contains a URL.',
  long_line: 'The line is too long to be hand-written.',
  blob: 'It contains a long piece of encoded data.',
  escapes: 'It hides text behind escapes.',
  invisible: 'It contains invisible characters.',
  instructions: 'It contains text that is meant to manipulate models.',
  unreadable: 'It could not be read in time.',
} as const;
export type Rule = keyof typeof RULES;

export interface Finding {
  readonly rule: Rule;
  /** Counted from 1. */
  readonly line: number;
}
