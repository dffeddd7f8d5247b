import type { JSONRPCMessage, JSONRPCResponse } from '@modelcontextprotocol/server';
import type { Caller } from '../kernel/caller.js';
import { hashOfSecret } from '../kernel/ids.js';

/** A connector that opens a session for every call never comes back to it. */
const IDLE_MS = 60_000;
/** A client that listened once is a real one: it may think for a while. */
const IDLE_AFTER_STREAM_MS = 30 * 60_000;
/** What is said while no stream is open is kept for the next one: as much as this. */
const MOST_KEPT = 100;
const MOST_WATCHED = 100;

/** Where a session is told what no call of it asked for. */
export interface OpenStream {
  say(message: JSONRPCMessage): void;
  close(): void;
}

/**
 * What the server remembers of a client that said `initialize`: whose it is, what it can, its open stream, what it watches,
 * its running calls and what they asked it. It is no identity: every request is served alone, with or without it.
 */
export class Session {
  private readonly running = new Map<unknown, AbortController>();
  private readonly watched = new Map<string, () => void>();
  private readonly asked = new Map<unknown, (answer: JSONRPCResponse) => void>();
  private readonly kept = new Map<string, JSONRPCMessage>();
  private stream?: OpenStream;
  private hasListened = false;
  private questions = 0;

  readonly caller: Caller;

  constructor(
    readonly id: string,
    caller: Caller,
    /** The params of its `initialize`. */
    readonly introduction: object,
    private seenAt: number,
  ) {
    this.caller = this.as(caller);
  }

  /** Its owner, calling in it: it chooses between their own seats. */
  as(caller: Caller): Caller {
    return { ...caller, protocolSession: hashOfSecret(this.id) };
  }

  get owner() {
    return ownerOf(this.caller);
  }

  seen(now: number) {
    this.seenAt = now;
  }

  isIdle(now: number) {
    if (this.stream || this.running.size) return false;
    return now - this.seenAt > (this.hasListened ? IDLE_AFTER_STREAM_MS : IDLE_MS);
  }

  /** One stream at a time: the newest is the one that somebody reads. It begins with what was said meanwhile. */
  streams(stream: OpenStream) {
    this.stream?.close();
    this.stream = stream;
    this.hasListened = true;
    for (const message of this.kept.values()) stream.say(message);
    this.kept.clear();
  }

  streamClosed(stream: OpenStream) {
    if (this.stream === stream) this.stream = undefined;
  }

  /** Says something on the stream; once one is open, if it says the same again only once. */
  say(message: JSONRPCMessage) {
    if (this.stream) return this.stream.say(message);
    this.kept.set(JSON.stringify(message), message);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value as string);
  }

  /** Asks the client something in a call: the id is the session's own, since each call has a server of its own. */
  asks(hear: (answer: JSONRPCResponse) => void): string {
    const id = `question-${++this.questions}`;
    this.asked.set(id, hear);
    return id;
  }

  /** The client answers in a request of its own. */
  answered(answer: JSONRPCResponse) {
    const hear = this.asked.get(answer.id);
    this.asked.delete(answer.id);
    hear?.(answer);
  }

  forgets(question: string) {
    this.asked.delete(question);
  }

  get watching(): string[] {
    return [...this.watched.keys()];
  }

  isWatching(uri: string): boolean {
    return this.watched.has(uri);
  }

  /** False where it watches too much already. */
  watches(uri: string, stop: () => void): boolean {
    const hasRoom = this.watched.size < MOST_WATCHED;
    if (hasRoom) this.watched.set(uri, stop);
    return hasRoom;
  }

  unwatch(uri: string) {
    this.watched.get(uri)?.();
    this.watched.delete(uri);
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
    this.stream?.close();
  }

  end() {
    this.endStream();
    for (const uri of [...this.watched.keys()]) this.unwatch(uri);
    for (const over of this.running.values()) over.abort();
  }
}

/** A session is bound to one grant of one account. */
export const ownerOf = ({ accountId, sessionId }: Caller) => `${accountId} ${sessionId}`;
