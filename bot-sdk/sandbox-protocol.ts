import type { HookInput, Language, RunError, RunLimits } from './contract.js';
import type { WebAnswer, WebRequest } from './web.js';

/**
 * The protocol between the server and a sandbox over standard input and output: frames of `u32 big-endian length of the
 * rest | u8 type | payload`. Type 1 is one JSON message, type 2 is `u32 big-endian connection | bytes` of a tunnel.
 * Neither side trusts the other.
 */
export const MAX_FRAME = 4 * 1_048_576;
export const JSON_FRAME = 1;
export const TUNNEL_FRAME = 2;

/** Messages to a sandbox. It is bound once, to one bot, and runs one hook at a time. */
export type ToSandbox =
  | {
      t: 'bind';
      language: Language;
      executed: string;
      /** The name of the bot's class. */
      class_name: string;
      /** Bundled npm packages as source text, by import name. */
      bundled: Record<string, string>;
      /** Built-in modules of the language that the bot may import. */
      modules: string[];
      /** Whether each hook gets a process of its own; for Python always. */
      needs_process: boolean;
      /** Whether the bot may open tunnels. */
      has_network: boolean;
    }
  | { t: 'hook'; id: number; input: HookInput; limits: RunLimits }
  /** The answer to the `n`th web request of hook `id`. */
  | { t: 'web'; id: number; n: number; answer: WebAnswer }
  | { t: 'opened'; c: number }
  | { t: 'refused'; c: number; detail: string }
  /** The other end sends no more bytes; `closed`: the tunnel is closed. */
  | { t: 'end'; c: number }
  | { t: 'closed'; c: number };

/** Messages from a sandbox. */
export type FromSandbox =
  | { t: 'ready'; runtime: string }
  | { t: 'bound' }
  | { t: 'unbound'; error: RunError }
  | { t: 'web'; id: number; n: number; request: WebRequest }
  /** `is_clean`: nothing of the hook remains. `cpu_ms`: the CPU time of the whole sandbox since its start. */
  | { t: 'done'; id: number; result: unknown; is_clean: boolean; cpu_ms: number }
  | { t: 'open'; c: number; host: string; port: number }
  | { t: 'end'; c: number }
  | { t: 'closed'; c: number };

/** A frame is invalid. The connection to its sender is closed. */
export class BadFrameError extends Error {}

export function jsonFrame(message: object): Buffer {
  return frame(JSON_FRAME, Buffer.from(JSON.stringify(message)));
}

export function tunnelFrame(connection: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(connection);
  return frame(TUNNEL_FRAME, head, bytes);
}

function frame(type: number, ...parts: Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1);
  if (length > MAX_FRAME) throw new BadFrameError(`a frame of ${length} bytes`);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length);
  head[4] = type;
  return Buffer.concat([head, ...parts]);
}

/** Splits a stream of bytes into frames. Throws a BadFrameError for an empty or too large frame, or an unknown type. */
export class FrameReader {
  private parts: Buffer[] = [];
  private size = 0;

  constructor(private readonly take: (type: number, payload: Buffer) => void) {}

  push(bytes: Buffer): void {
    this.parts.push(bytes);
    this.size += bytes.length;
    for (let length = this.nextLength(); length !== undefined; length = this.nextLength()) {
      const whole = this.parts.length === 1 ? (this.parts[0] as Buffer) : Buffer.concat(this.parts);
      this.parts = whole.length > 4 + length ? [whole.subarray(4 + length)] : [];
      this.size -= 4 + length;
      this.take(whole[4] as number, whole.subarray(5, 4 + length));
    }
  }

  /** The length of the next frame, if it has arrived completely. */
  private nextLength(): number | undefined {
    if (this.size < 5) return undefined;
    const head = this.parts[0] as Buffer;
    const start = head.length >= 5 ? head : Buffer.concat(this.parts).subarray(0, 5);
    const length = start.readUInt32BE(0);
    const type = start[4];
    if (length < 1 || length > MAX_FRAME) throw new BadFrameError(`a frame of ${length} bytes`);
    if (type !== JSON_FRAME && type !== TUNNEL_FRAME) throw new BadFrameError(`a frame of type ${type}`);
    return this.size >= 4 + length ? length : undefined;
  }
}
