import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { FrameReader, JSON_FRAME, jsonFrame, tunnelFrame } from '../../bot-sdk/sandbox-protocol.js';

/** One end of a stream of frames. `In` and `Out` are the types of incoming and outgoing messages. */
export class FrameStream<In extends object, Out extends object> {
  constructor(
    readonly input: Readable,
    private readonly output: Writable,
    onMessage: (message: In) => void,
    onBytes: (connection: number, bytes: Buffer) => void = () => {},
  ) {
    const reader = new FrameReader((type, payload) => {
      if (type === JSON_FRAME) onMessage(JSON.parse(payload.toString()));
      else onBytes(payload.readUInt32BE(0), payload.subarray(4));
    });
    input.on('data', (bytes: Buffer) => reader.push(bytes));
  }

  send(message: Out): void {
    this.output.write(jsonFrame(message));
  }

  /** False if the other end reads too slowly; `drained` fires when it has caught up. */
  sendBytes(connection: number, bytes: Uint8Array): boolean {
    return this.output.write(tunnelFrame(connection, bytes));
  }

  drained(then: () => void): void {
    this.output.once('drain', then);
  }
}

/**
 * The streams of a child process to its parent, on descriptors 3 and 4. They use no thread of the libuv pool, which
 * belongs to the bot.
 */
export const childStreams = () => ({
  input: new Socket({ fd: 3, readable: true, writable: false }),
  output: new Socket({ fd: 4, readable: false, writable: true }),
});
