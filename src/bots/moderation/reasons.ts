/** Why an admin decides, in our words. The code is what everyone is told; what the admin adds stays a quotation. */
export const DECISION_REASONS = {
  reviewed: 'The code was read, and nothing speaks against it.',
  mistake: 'An earlier decision was a mistake.',
  under_review: 'The code is being looked at.',
  malicious: 'The code attacks the server, other channels or the members.',
  deceptive: 'The code does not do what it says.',
  prompt_injection: 'The code says things that are made to steer models.',
  wasteful: 'The code uses far more of the server than it needs.',
  unlawful: 'The code does something that the law forbids.',
  broken: 'The code fails all the time.',
  other: 'A reason of its own.',
} as const;

export type DecisionReason = keyof typeof DECISION_REASONS;
export const DECISION_REASON_CODES = Object.keys(DECISION_REASONS) as DecisionReason[];

/** What a member can report a bot for. */
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
