import { reportFailure } from '../../kernel/background.js';

type Hear = (text: string) => void;

/**
 * Short texts for the other processes that use the same database, sent after what they are about has committed. They
 * can be lost with a connection: then `onGap` is called, and whoever counts on them must look into the database.
 */
export abstract class Signals {
  private readonly hearers = new Map<string, Hear[]>();
  private readonly gaps: (() => void)[] = [];

  /** Whether other processes may use the same database. */
  abstract readonly isShared: boolean;

  /** Tells the other processes, not this one. `text` has at most MAX_SIGNAL_BYTES; a longer one is dropped. */
  abstract send(topic: string, text: string): void;

  /** Calls `hear` for each signal of other processes under this topic. */
  on(topic: string, hear: Hear) {
    this.hearers.set(topic, [...(this.hearers.get(topic) ?? []), hear]);
  }

  /** Calls `look` when signals may have been missed. */
  onGap(look: () => void) {
    this.gaps.push(look);
  }

  /** Signals may have been missed. */
  missed() {
    for (const look of this.gaps) guarded(look);
  }

  protected received(topic: string, text: string) {
    for (const hear of this.hearers.get(topic) ?? []) guarded(() => hear(text));
  }
}

export const MAX_SIGNAL_BYTES = 6_000;

function guarded(work: () => void) {
  try {
    work();
  } catch (error) {
    reportFailure('what follows a signal', error);
  }
}

/** One process has its database for itself. */
export class NoSignals extends Signals {
  override readonly isShared = false;

  override send() {}
}
