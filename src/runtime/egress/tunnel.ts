import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Hash, sha256 } from '../../kernel/hash.js';
import type { Target } from '../../platform/egress/host-rules.js';

/** What the tunnels of a run may still carry, together. */
export interface ByteBudget {
  left: number;
}

/** What a tunnel carried. Its bytes were not read. */
export interface TunnelRecord extends Target {
  /** From the bot to the host. */
  readonly sent: number;
  readonly received: number;
  /** SHA-256 over the SHA-256 of all that was sent and then the SHA-256 of all that was received, each as 32 bytes. */
  readonly hash: Hash;
  /** When it was opened. */
  readonly at: string;
}

/**
 * A raw connection to a host, in both directions with back-pressure. It never emits an error: when the host is gone or the
 * budget is spent, it closes.
 */
export class Tunnel extends Duplex {
  private readonly way = { sent: new Flow(), received: new Flow() };

  constructor(
    private readonly socket: Socket,
    private readonly target: Target,
    private readonly at: string,
    private readonly budget: ByteBudget,
  ) {
    super({ allowHalfOpen: true });
    socket.on('data', (bytes) => {
      if (this.count('received', bytes) && !this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('close', () => this.destroy());
  }

  get record(): TunnelRecord {
    const { sent, received } = this.way;
    const hash = sha256(sent.digest(), received.digest());
    return { ...this.target, sent: sent.bytes, received: received.bytes, hash, at: this.at };
  }

  override _read() {
    this.socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void) {
    if (this.count('sent', bytes)) this.socket.write(bytes, () => done());
    else done();
  }

  override _final(done: () => void) {
    this.socket.end(() => done());
  }

  override _destroy(_error: Error | null, done: () => void) {
    this.socket.destroy();
    done();
  }

  /** Whether the bytes may pass. */
  private count(way: 'sent' | 'received', bytes: Buffer): boolean {
    if (this.destroyed) return false;
    this.budget.left -= bytes.length;
    if (this.budget.left < 0) this.destroy();
    else this.way[way].add(bytes);
    return this.budget.left >= 0;
  }
}

class Flow {
  bytes = 0;
  private readonly hash = createHash('sha256');

  add(bytes: Buffer) {
    this.bytes += bytes.length;
    this.hash.update(bytes);
  }

  digest(): Buffer {
    return this.hash.copy().digest();
  }
}
