import { randomBytes } from 'node:crypto';
import type { JSONRPCMessage, JSONRPCResponse } from '@modelcontextprotocol/server';
import type { Caller } from '../../kernel/caller.js';
import { hashOfSecret } from '../../kernel/ids.js';

/** Short, because some connectors open a session for every call and never use it again. */
const IDLE_MS = 60_000;
/** Longer for a client that has opened a stream, whose user may be idle. */
const IDLE_AFTER_STREAM_MS = 30 * 60_000;
/** The maximum number of messages kept while no stream is open. */
const MAX_KEPT = 100;
const MAX_WATCHED = 100;

/** Receives the messages that belong to no call of the session. */
export interface OpenStream {
  send(message: JSONRPCMessage): void;
  close(): void;
}

/**
 * A session of a client: its owner, capabilities, open stream, watched resources, running calls and open questions. It
 * is not an identity: every request is authenticated on its own.
 */
export class McpSession {
  private readonly running = new Map<unknown, AbortController>();
  private readonly watched = new Map<string, () => void>();
  private readonly asked = new Map<unknown, (answer: JSONRPCResponse) => void>();
  private readonly kept = new Map<string, JSONRPCMessage>();
  private stream?: OpenStream;
  private hasListened = false;
  private elicitations = 0;
  /** Several processes may ask in the same session. */
  private readonly asker = randomBytes(4).toString('hex');

  readonly caller: Caller;
  /** Stored as a text, because it is compared for all sessions whenever one is opened. */
  readonly owner: string;

  constructor(
    readonly id: string,
    caller: Caller,
    /** The params of its `initialize`. */
    readonly introduction: object,
    private seenAt: number,
  ) {
    this.caller = this.as(caller);
    this.owner = ownerOf(caller);
  }

  /** The owner as caller in this session, which selects the seat. */
  as(caller: Caller): Caller {
    return { ...caller, protocolSession: hashOfSecret(this.id) };
  }

  recordUse(now: number) {
    this.seenAt = now;
  }

  isIdle(now: number) {
    if (this.stream || this.running.size) return false;
    return now - this.seenAt > (this.hasListened ? IDLE_AFTER_STREAM_MS : IDLE_MS);
  }

  /** Sets the stream; a new one replaces an older one. It starts with the messages kept in between. */
  attachStream(stream: OpenStream) {
    this.stream?.close();
    this.stream = stream;
    this.hasListened = true;
    for (const message of this.kept.values()) stream.send(message);
    this.kept.clear();
  }

  streamClosed(stream: OpenStream) {
    if (this.stream === stream) this.stream = undefined;
  }

  /** Sends a message on the stream; messages kept for a later stream are deduplicated. */
  send(message: JSONRPCMessage) {
    if (this.stream) return this.stream.send(message);
    this.kept.set(JSON.stringify(message), message);
    if (this.kept.size > MAX_KEPT) this.kept.delete(this.kept.keys().next().value as string);
  }

  /**
   * Registers a question to the client and returns its id, which is unique in the session, because each call has its
   * own protocol server.
   */
  registerQuestion(hear: (answer: JSONRPCResponse) => void): string {
    const id = `question-${this.asker}-${++this.elicitations}`;
    this.asked.set(id, hear);
    return id;
  }

  /** Receives the client's answer, which comes in a separate request. False if no call here has asked. */
  receiveAnswer(answer: JSONRPCResponse): boolean {
    const hear = this.asked.get(answer.id);
    this.asked.delete(answer.id);
    hear?.(answer);
    return hear !== undefined;
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

  /** False if it already watches too many resources. */
  addWatch(uri: string, stop: () => void): boolean {
    const hasRoom = this.watched.size < MAX_WATCHED;
    if (hasRoom) this.watched.set(uri, stop);
    return hasRoom;
  }

  unwatch(uri: string) {
    this.watched.get(uri)?.();
    this.watched.delete(uri);
  }

  /** Registers a running call, which `notifications/cancelled` in a separate request can abort. */
  registerCall(id: unknown, over: AbortController) {
    this.running.set(id, over);
    over.signal.addEventListener('abort', () => {
      if (this.running.get(id) === over) this.running.delete(id);
    });
  }

  /** False if no such call runs here. */
  cancel(id: unknown): boolean {
    const over = this.running.get(id);
    over?.abort();
    return over !== undefined;
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

/** The owner of a session: one grant of one account. */
export const ownerOf = ({ accountId, sessionId }: Caller) => `${accountId} ${sessionId}`;
