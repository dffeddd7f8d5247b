import { untilAborted } from '../../platform/egress/abort-deadline.js';

/** Limits concurrency; callers wait in the order of their arrival. */
export class Semaphore {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Returns the function that releases the slot; a second call of it has no effect. */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.free > 0) this.free--;
    else await this.turn(signal);
    let isHeld = true;
    return () => {
      if (isHeld) this.release();
      isHeld = false;
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    let mine = () => {};
    const turn = new Promise<void>((resolve) => {
      mine = resolve;
    });
    this.waiting.push(mine);
    return untilAborted(signal, turn, () => {
      const place = this.waiting.indexOf(mine);
      // The slot was already assigned, so it goes to the next caller.
      if (place < 0) this.release();
      else this.waiting.splice(place, 1);
    });
  }

  private release() {
    const next = this.waiting.shift();
    if (next) next();
    else this.free++;
  }
}

/** Takes a slot of both, or of neither. */
export async function acquireBoth(first: Semaphore, second: Semaphore, signal: AbortSignal): Promise<() => void> {
  const releaseFirst = await first.take(signal);
  try {
    const releaseSecond = await second.take(signal);
    return () => {
      releaseSecond();
      releaseFirst();
    };
  } catch (error) {
    releaseFirst();
    throw error;
  }
}
