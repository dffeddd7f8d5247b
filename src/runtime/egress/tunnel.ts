import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { contentHash, type Hash } from '../../kernel/hash.js';
import type { HostTarget } from '../../platform/egress/host-rules.js';

/** The bytes that the tunnels of a run may still carry together. */
export interface ByteBudget {
  left: number;
}

/** The record of a tunnel. The server does not read its bytes. */
export interface TunnelRecord extends HostTarget {
  /** Bytes from the bot to the host. */
  readonly sent: number;
  readonly received: number;
  /** SHA-256 of two concatenated SHA-256 hashes (32 bytes each): of all bytes sent, and of all bytes received. */
  readonly hash: Hash;
  /** When it was opened. */
  readonly at: string;
}

/**
 * A raw connection to a host, with back-pressure. It never emits an error: it closes when the host disconnects or the
 * budget is used up.
 */
export class Tunnel extends Duplex {
  private readonly network = { sent: new Flow(), received: new Flow() };

  constructor(
    private readonly socket: Socket,
    private readonly target: HostTarget,
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
    const { sent, received } = this.network;
    const hash = contentHash(sent.digest(), received.digest());
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

  /** Adds the bytes to the record; false if they exceed the budget. */
  private count(network: 'sent' | 'received', bytes: Buffer): boolean {
    if (this.destroyed) return false;
    this.budget.left -= bytes.length;
    if (this.budget.left < 0) this.destroy();
    else this.network[network].add(bytes);
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
