/** What each rule is about, for who reads its findings. None of them is proof of anything. */
export const RULES = {
  network: 'It reaches for the network.',
  import: 'It imports a module.',
  dynamic_import: 'It imports what it names only while it runs.',
  evaluation: 'It makes code out of text.',
  env: 'It reads the secrets it was given.',
  globals: 'It reaches for globals or prototypes that are not its own.',
  endless_loop: 'It has a loop without a condition.',
  url: 'It names an address.',
  long_line: 'The line is too long to be written by hand.',
  blob: 'It holds a long piece of encoded data.',
  escapes: 'It hides text behind escapes.',
  invisible: 'It holds characters that nobody sees.',
  instructions: 'It holds words that are made to steer models.',
  unreadable: 'It could not be read in time.',
} as const;
export type Rule = keyof typeof RULES;

export interface Finding {
  readonly rule: Rule;
  /** Counted from 1. */
  readonly line: number;
}
