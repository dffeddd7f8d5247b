import type { Caller } from '../kernel/caller.js';

/** A connector that opens a session for every call never comes back to it. */
const IDLE_MS = 60_000;
/** A client that listened once is a real one: it may think for a while. */
const IDLE_AFTER_STREAM_MS = 30 * 60_000;

/**
 * What the server remembers of a client that said `initialize`: whose it is, its open stream, its running calls. It is
 * no identity and holds no state of the protocol: every request is served alone, with or without it.
 */
export class Session {
  private readonly running = new Map<unknown, AbortController>();
  private closeStream?: () => void;
  private hasListened = false;

  constructor(
    readonly id: string,
    private readonly caller: Caller,
    private seenAt: number,
  ) {}

  get owner() {
    return ownerOf(this.caller);
  }

  seen(now: number) {
    this.seenAt = now;
  }

  isIdle(now: number) {
    if (this.closeStream || this.running.size) return false;
    return now - this.seenAt > (this.hasListened ? IDLE_AFTER_STREAM_MS : IDLE_MS);
  }

  /** One stream at a time: the newest is the one that somebody reads. */
  streams(close: () => void) {
    this.closeStream?.();
    this.closeStream = close;
    this.hasListened = true;
  }

  streamClosed(close: () => void) {
    if (this.closeStream === close) this.closeStream = undefined;
  }

  /** A call runs until it is over. `notifications/cancelled` comes as a request of its own and names one that runs. */
  runs(id: unknown, over: AbortController) {
    this.running.set(id, over);
    over.signal.addEventListener('abort', () => {
      if (this.running.get(id) === over) this.running.delete(id);
    });
  }

  cancel(id: unknown) {
    this.running.get(id)?.abort();
  }

  endStream() {
    this.closeStream?.();
  }

  end() {
    this.endStream();
    for (const over of this.running.values()) over.abort();
  }
}

/** A session is bound to one grant of one account. */
export const ownerOf = ({ accountId, sessionId }: Caller) => `${accountId} ${sessionId}`;
