/** A problem that prevents assistants from connecting. The text is ours; text of the server is in quotes. */
export class ExaminationError extends Error {
  override readonly name = 'Wrong';
  constructor(
    readonly sentence: string,
    readonly fix: string,
    /** Whether the server cannot be reached at all. */
    readonly isUnreachable = false,
  ) {
    super(sentence);
  }
}

export interface ExaminationStep {
  readonly title: string;
  readonly status: 'ok' | 'wrong' | 'skipped';
  readonly ms: number;
  /** Remarks about things that work but may cause problems. */
  readonly notes: readonly string[];
}

/** The steps of an examination, up to the first problem. */
export class Examination {
  readonly steps: ExaminationStep[] = [];

  constructor(private readonly show: (step: ExaminationStep) => void) {}

  /** Runs a step. A problem is recorded and rethrown. */
  async step<T>(title: string, look: (note: (sentence: string) => void) => Promise<T> | T): Promise<T> {
    const notes: string[] = [];
    const began = performance.now();
    const end = (status: ExaminationStep['status']) => {
      const step = { title, status, ms: Math.round(performance.now() - began), notes };
      this.steps.push(step);
      this.show(step);
    };
    try {
      const found = await look((sentence) => void notes.push(sentence));
      end('ok');
      return found;
    } catch (error) {
      if (error instanceof ExaminationError) end('wrong');
      throw error;
    }
  }

  skip(title: string, why: string) {
    const step: ExaminationStep = { title, status: 'skipped', ms: 0, notes: [why] };
    this.steps.push(step);
    this.show(step);
  }
}
