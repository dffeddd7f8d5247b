/** Something that keeps assistants from connecting. Its words are ours; what the server said stands in quotes. */
export class Wrong extends Error {
  override readonly name = 'Wrong';
  constructor(
    readonly sentence: string,
    readonly fix: string,
    /** Nobody answers at all. */
    readonly isUnreachable = false,
  ) {
    super(sentence);
  }
}

export interface Step {
  readonly title: string;
  readonly status: 'ok' | 'wrong' | 'skipped';
  readonly ms: number;
  /** What works and could bite somebody. */
  readonly notes: readonly string[];
}

/** The steps of one examination, in order, up to the first that finds something wrong. */
export class Examination {
  readonly steps: Step[] = [];

  constructor(private readonly show: (step: Step) => void) {}

  /** Throws what is wrong, after it is written down. */
  async step<T>(title: string, look: (note: (sentence: string) => void) => Promise<T> | T): Promise<T> {
    const notes: string[] = [];
    const began = performance.now();
    const end = (status: Step['status']) => {
      const step = { title, status, ms: Math.round(performance.now() - began), notes };
      this.steps.push(step);
      this.show(step);
    };
    try {
      const found = await look((sentence) => void notes.push(sentence));
      end('ok');
      return found;
    } catch (error) {
      if (error instanceof Wrong) end('wrong');
      throw error;
    }
  }

  skip(title: string, why: string) {
    const step: Step = { title, status: 'skipped', ms: 0, notes: [why] };
    this.steps.push(step);
    this.show(step);
  }
}
