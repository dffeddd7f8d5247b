import type { Duplex } from 'node:stream';
import {
  BadFrameError,
  FrameReader,
  type FromSandbox,
  JSON_FRAME,
  jsonFrame,
  type ToSandbox,
  tunnelFrame,
} from '../../../bot-sdk/sandbox-protocol.js';
import { reportFailure } from '../../kernel/background.js';
import { sandboxMessage } from './sandbox-message.js';

/** The maximum number of unread bytes sent to a sandbox. */
const MAX_UNREAD = 8 * 1_048_576;
const KEPT_COMPLAINTS = 4_096;

export interface FrameListener {
  heard(message: FromSandbox): void;
  heardBytes(connection: number, bytes: Buffer): void;
  /** Called once when the connection has ended; `reason` is set if we ended it. */
  lost(reason?: string): void;
}

/** The server's end of a sandbox's standard streams. The data is untrusted: a bot may have written it. */
export class FrameChannel {
  /** The end of the sandbox's standard error, which may contain the container engine's last error. */
  complaints = '';
  private received = 0;
  private budget = Number.POSITIVE_INFINITY;
  private isLost = false;
  private readonly frames: FrameReader;

  constructor(
    private readonly stream: Duplex,
    private readonly listener: FrameListener,
  ) {
    this.frames = new FrameReader((type, payload) => this.take(type, payload));
    const split = splitter(
      (bytes) => this.frames.push(bytes),
      (text) => this.complain(text),
    );
    stream.on('data', (bytes: Buffer) => {
      this.received += bytes.length;
      if (this.received > this.budget) return this.lose('it said more than a hook may');
      try {
        split(bytes);
      } catch (error) {
        if (!(error instanceof BadFrameError)) reportFailure('reading what a sandbox says', error);
        this.lose(error instanceof BadFrameError ? 'it sent a bad frame' : 'its line failed');
      }
    });
    stream.on('error', () => this.lose());
    stream.on('close', () => this.lose());
    stream.on('end', () => this.lose());
  }

  /** Sets how many more bytes the sandbox may send. */
  allow(bytes: number) {
    this.received = 0;
    this.budget = bytes;
  }

  send(message: ToSandbox): void {
    this.write(jsonFrame(message));
  }

  /** False if the sandbox reads too slowly. */
  sendBytes(connection: number, bytes: Buffer): boolean {
    return this.write(tunnelFrame(connection, bytes));
  }

  drained(then: () => void) {
    this.stream.once('drain', then);
  }

  close() {
    this.isLost = true;
    this.stream.destroy();
  }

  private write(frame: Buffer): boolean {
    if (this.isLost) return true;
    if (this.stream.writableLength > MAX_UNREAD) {
      this.lose('it does not read');
      return true;
    }
    return this.stream.write(frame);
  }

  private take(type: number, payload: Buffer) {
    if (this.isLost) return;
    if (type !== JSON_FRAME) {
      if (payload.length < 4) throw new BadFrameError('a tunnel frame without a connection');
      return this.listener.heardBytes(payload.readUInt32BE(0), payload.subarray(4));
    }
    this.listener.heard(sandboxMessage(payload));
  }

  private complain(text: Buffer) {
    this.complaints = (this.complaints + text.toString('latin1')).slice(-KEPT_COMPLAINTS);
  }

  private lose(reason?: string) {
    if (this.isLost) return;
    this.close();
    this.listener.lost(reason);
  }
}

const STDERR = 2;
const HEAD = 8;

/** Parses Docker's multiplexed stream: `u8 stream | 3 zero bytes | u32 big-endian length`. */
function splitter(onOutput: (bytes: Buffer) => void, onError: (bytes: Buffer) => void) {
  let head = Buffer.alloc(0);
  let remainingBytes = 0;
  let isError = false;
  return (bytes: Buffer) => {
    let rest = bytes;
    while (rest.length > 0) {
      if (remainingBytes === 0) {
        const needed = HEAD - head.length;
        head = Buffer.concat([head, rest.subarray(0, needed)]);
        rest = rest.subarray(needed);
        if (head.length < HEAD) return;
        isError = head[0] === STDERR;
        remainingBytes = head.readUInt32BE(4);
        head = Buffer.alloc(0);
        continue;
      }
      const part = rest.subarray(0, remainingBytes);
      remainingBytes -= part.length;
      rest = rest.subarray(part.length);
      (isError ? onError : onOutput)(part);
    }
  };
}
