import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { FrameReader, JSON_FRAME, jsonFrame, tunnelFrame } from '../../bot-sdk/sandbox-protocol.js';

/** One end of a stream of frames. `In` and `Out` are the messages that come in and go out. */
export class Line<In extends object, Out extends object> {
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

  /** False when the other end is behind; `drained` tells when it has caught up. */
  sendBytes(connection: number, bytes: Uint8Array): boolean {
    return this.output.write(tunnelFrame(connection, bytes));
  }

  drained(then: () => void): void {
    this.output.once('drain', then);
  }
}

/** The line of a child, whose parent is at descriptors 3 and 4. */
export const childStreams = () => ({
  input: createReadStream('', { fd: 3 }),
  output: createWriteStream('', { fd: 4 }),
});
