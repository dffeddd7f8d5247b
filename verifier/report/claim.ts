/** How bad a finding is, from the least to the worst. */
export const GRAVITIES = ['partial', 'unwitnessed', 'unanchored', 'diverged', 'invalid'] as const;
export type Gravity = (typeof GRAVITIES)[number];

/** Why something was not checked. `--accept` takes these words. */
export const REASONS = [
  'withheld',
  'erased',
  'file-invalid',
  'no-replay',
  'secrets',
  'tunnel',
  'no-entropy',
  'unknown-runtime',
  'unknown-kit',
  'unknown-package',
  'no-containers',
  'recorded-failure',
  'reveal-verdict',
  'stopped',
] as const;
export type Reason = (typeof REASONS)[number];

/** Something that is wrong, or that was not checked. `entry`: the `seq` of the entry that it is about. */
export interface Finding {
  readonly gravity: Gravity;
  readonly reason?: Reason | 'no-key' | 'no-quorum';
  readonly entry?: number;
  readonly text: string;
}

export type ClaimResult = 'PASS' | 'FAIL' | 'NOT CHECKED';

/** One claim about a bundle, and what speaks against it. */
export interface Claim {
  readonly id: string;
  readonly title: string;
  readonly result: ClaimResult;
  /** How many things were checked. */
  readonly checked: number;
  /** The first findings; `more` says how many there are besides. */
  readonly findings: readonly Finding[];
  readonly more: number;
  /** Facts that a reader should know; they change no result. */
  readonly notes: readonly string[];
}

/** Collects what is found out about one claim. */
export class ClaimDraft {
  private checked = 0;
  private readonly findings: Finding[] = [];
  private readonly notes: string[] = [];
  private readonly counts = new Map<string, number>();
  private first?: Finding;
  private worst = -1;
  private more = 0;

  constructor(
    readonly id: string,
    readonly title: string,
    private readonly accepted: ReadonlySet<string> = new Set(),
  ) {}

  /** Counts something that was checked. */
  count(number = 1) {
    this.checked += number;
  }

  /** The file does not hold. */
  invalid(text: string, entry?: number) {
    this.add({ gravity: 'invalid', text, entry });
  }

  /** Something has come out otherwise than it was recorded. */
  diverged(text: string, entry?: number) {
    this.add({ gravity: 'diverged', text, entry });
  }

  /** Something was not checked. */
  unchecked(reason: Reason, text: string, entry?: number) {
    this.add({ gravity: 'partial', reason, text, entry });
  }

  add(finding: Finding) {
    const key = `${finding.gravity} ${finding.reason ?? ''}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (!this.accepted.has(finding.reason ?? '')) {
      this.worst = Math.max(this.worst, GRAVITIES.indexOf(finding.gravity));
    }
    if (isFailure(finding) && comesBefore(finding, this.first)) this.first = finding;
    if (count <= MAX_FINDINGS) this.findings.push(finding);
    else this.more += 1;
  }

  note(text: string) {
    if (this.notes.length < MAX_FINDINGS) this.notes.push(text);
  }

  get hasFailed(): boolean {
    return this.first !== undefined;
  }

  /** The worst finding that nobody has accepted. */
  get gravity(): Gravity | undefined {
    return GRAVITIES[this.worst];
  }

  /** The failure to name first. */
  get firstFailure(): Finding | undefined {
    return this.first;
  }

  done(): Claim {
    const { id, title, checked, findings, notes, more } = this;
    const result = this.hasFailed ? 'FAIL' : findings.length > 0 ? 'NOT CHECKED' : 'PASS';
    return { id, title, result, checked, findings, notes, more };
  }
}

export const isFailure = ({ gravity }: Finding): boolean => gravity === 'invalid' || gravity === 'diverged';

/**
 * Of several failures the worst is named first, because it may be the cause of the others; of the worst ones the one about
 * the earliest entry. One that is about no entry comes last.
 */
export function comesBefore(finding: Finding, other: Finding | undefined): boolean {
  if (other === undefined) return true;
  const rank = ({ gravity }: Finding) => GRAVITIES.indexOf(gravity);
  if (rank(finding) !== rank(other)) return rank(finding) > rank(other);
  return (finding.entry ?? Number.POSITIVE_INFINITY) < (other.entry ?? Number.POSITIVE_INFINITY);
}

/** For each kind of finding. */
const MAX_FINDINGS = 20;
