/**
 * The reasons for decisions of admins, in our words. Everyone sees the code; the admin's own note is shown as a
 * quotation.
 */
export const DECISION_REASONS = {
  reviewed: 'The code was reviewed, and no problem was found.',
  mistake: 'An earlier decision was a mistake.',
  under_review: 'The code is being reviewed.',
  malicious: 'The code attacks the server, other channels or the members.',
  deceptive: 'The code does not do what it says.',
  prompt_injection: 'The code posts text that is meant to manipulate models.',
  wasteful: 'The code uses far more resources than it needs.',
  unlawful: 'The code does something that the law forbids.',
  broken: 'The code fails all the time.',
  other: 'Another reason.',
} as const;

export type DecisionReason = keyof typeof DECISION_REASONS;
export const DECISION_REASON_CODES = Object.keys(DECISION_REASONS) as DecisionReason[];

/** The reasons for which a member can report a bot. */
export const REPORT_REASONS = [
  'cheating',
  'malicious',
  'deceptive',
  'prompt_injection',
  'wasteful',
  'unlawful',
  'broken',
  'other',
] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];
