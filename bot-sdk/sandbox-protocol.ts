import type { HookInput, Language, RunError, RunLimits } from './contract.js';
import type { WebAnswer, WebRequest } from './web.js';

/**
 * What the server and a sandbox say to each other over the sandbox's standard input and output: frames of
 * `u32 big-endian length of the rest | u8 type | payload`. Type 1 is one JSON message, type 2 is `u32 big-endian connection |
 * bytes` of a tunnel. Neither side takes anything from the other on trust.
 */
export const MAX_FRAME = 4 * 1_048_576;
export const JSON_FRAME = 1;
export const TUNNEL_FRAME = 2;

/** What the sandbox is told. A sandbox is bound once, to one bot, and asked one hook at a time. */
export type ToSandbox =
  | {
      t: 'bind';
      language: Language;
      executed: string;
      /** The class in it that is the bot. */
      class_name: string;
      /** npm modules bundled at attach, as source text, by the name they are imported by. */
      bundled: Record<string, string>;
      /** Modules of the language itself that the bot may import. */
      modules: string[];
      /** Whether each hook gets a process of its own; Python always does. */
      needs_process: boolean;
      /** Whether a tunnel may be asked for at all. */
      has_network: boolean;
    }
  | { t: 'hook'; id: number; input: HookInput; limits: RunLimits }
  /** The answer to the `n`th web request of hook `id`. */
  | { t: 'web'; id: number; n: number; answer: WebAnswer }
  | { t: 'opened'; c: number }
  | { t: 'refused'; c: number; detail: string }
  /** No more bytes come from the other end; `closed`: the tunnel is gone. */
  | { t: 'end'; c: number }
  | { t: 'closed'; c: number };

/** What a sandbox says. */
export type FromSandbox =
  | { t: 'ready'; runtime: string }
  | { t: 'bound' }
  | { t: 'unbound'; error: RunError }
  | { t: 'web'; id: number; n: number; request: WebRequest }
  /** `is_clean`: nothing of the hook is left. `cpu_ms`: what the whole sandbox has used since it started. */
  | { t: 'done'; id: number; result: unknown; is_clean: boolean; cpu_ms: number }
  | { t: 'open'; c: number; host: string; port: number }
  | { t: 'end'; c: number }
  | { t: 'closed'; c: number };

/** A frame that is none. Whoever sent it is not spoken to again. */
export class BadFrame extends Error {}

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
  if (length > MAX_FRAME) throw new BadFrame(`a frame of ${length} bytes`);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length);
  head[4] = type;
  return Buffer.concat([head, ...parts]);
}

/** Cuts a stream of bytes into frames. Throws a BadFrame where a frame is empty, too large or of no known type. */
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

  /** The length of the frame that has arrived whole. */
  private nextLength(): number | undefined {
    if (this.size < 5) return undefined;
    const head = this.parts[0] as Buffer;
    const start = head.length >= 5 ? head : Buffer.concat(this.parts).subarray(0, 5);
    const length = start.readUInt32BE(0);
    const type = start[4];
    if (length < 1 || length > MAX_FRAME) throw new BadFrame(`a frame of ${length} bytes`);
    if (type !== JSON_FRAME && type !== TUNNEL_FRAME) throw new BadFrame(`a frame of type ${type}`);
    return this.size >= 4 + length ? length : undefined;
  }
}
