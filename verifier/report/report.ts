import { type Claim, ClaimDraft, comesBefore, type Finding, GRAVITIES, type Gravity, REASONS } from './claim.js';

/** The verdicts with their exit codes (docs/verifying.md). */
export const VERDICTS = {
  VERIFIED: 0,
  PARTIAL: 5,
  UNWITNESSED: 10,
  UNANCHORED: 20,
  DIVERGED: 30,
  INVALID: 40,
} as const;
export type Verdict = keyof typeof VERDICTS;

/** What a verification has found out. */
export interface Report {
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** The failure to look at first. */
  readonly first?: Finding;
  readonly claims: readonly Claim[];
  readonly facts: Facts;
}

/** What the file is about, as far as it could be read. Nothing here is checked if the verdict is INVALID. */
export interface Facts {
  channel?: string;
  origin?: string;
  viewer?: string;
  entries?: number;
  checkpoint?: { size: number; root: string };
  signed_by?: string[];
  cosigned_by?: string[];
  bots?: { bot_id: string; name: string; code_hash: string; runs: number; replayed: number }[];
  withheld?: number;
}

/** The claims of one verification, in the order in which they are shown. */
export class Claims {
  private readonly drafts: ClaimDraft[] = [];
  readonly facts: Facts = {};
  private readonly accepted: ReadonlySet<string>;

  constructor(accepted: readonly string[] = []) {
    const unknown = accepted.find((reason) => !(REASONS as readonly string[]).includes(reason));
    if (unknown !== undefined) throw new RangeError(`there is no reason ${unknown}; there are ${REASONS.join(', ')}`);
    this.accepted = new Set(accepted);
  }

  begin(id: string, title: string): ClaimDraft {
    const draft = new ClaimDraft(id, title, this.accepted);
    this.drafts.push(draft);
    return draft;
  }

  /** Whether the file does not hold, whatever else is found out. */
  get isInvalid(): boolean {
    return this.drafts.some(({ gravity }) => gravity === 'invalid');
  }

  report(): Report {
    const gravities = this.drafts.map(({ gravity }) => (gravity ? GRAVITIES.indexOf(gravity) : -1));
    const verdict = verdictOf(GRAVITIES[Math.max(-1, ...gravities)]);
    let first: Finding | undefined;
    for (const { firstFailure } of this.drafts) {
      if (firstFailure && comesBefore(firstFailure, first)) first = firstFailure;
    }
    const claims = this.drafts.map((draft) => draft.done());
    return { verdict, exitCode: VERDICTS[verdict], ...(first && { first }), claims, facts: this.facts };
  }
}

const verdictOf = (worst: Gravity | undefined): Verdict =>
  worst === undefined ? 'VERIFIED' : (worst.toUpperCase() as Verdict);
