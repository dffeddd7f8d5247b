import { untilAborted } from '../../platform/egress/deadline.js';

/** So many at once; who comes later waits for a turn, first come, first served. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Answers with the way to give the slot back; calling it twice gives back one. */
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
      // Already called: the turn goes on to the next.
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

/** Takes a slot of each, or of none. */
export async function takeBoth(first: Slots, second: Slots, signal: AbortSignal): Promise<() => void> {
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
