import { canonicalJson } from './canonical-json.js';
import { hex, hmacSha256, sha256, utf8Bytes } from './digest.js';

/** The commitment to a seed. The server publishes it before a round, so that it cannot choose the seed afterwards. */
export function seedCommit(seed: Uint8Array): string {
  return hex(sha256(new Uint8Array([...new TextEncoder().encode('parley-seed-v1'), ...seed])));
}

/** The contributed entropy: `[seq, text]` of the creation and of every join before the event. */
export type Entropy = [seq: number, text: string][];

/** The key of one run's random stream: from the round's seed, the run, and the members' entropy. */
export function runKey(seed: Uint8Array, channel: string, bot: string, round: number, run: number, entropy: Entropy) {
  return hex(hmacSha256(seed, canonicalJson(['parley-run-v1', channel, bot, round, run, entropy])));
}

const WORDS = 2n ** 64n;

/**
 * The random stream of one run. All random functions of a bot read from it, so anyone with the key can repeat the run.
 */
export class Chance {
  private unread: Uint8Array = new Uint8Array(0);
  private blocks = 0n;

  constructor(
    key: string,
    private readonly block = blocksOf(key),
  ) {}

  /** Whether anything was read yet. */
  get isDrawn(): boolean {
    return this.blocks > 0n;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      if (this.unread.length === 0) this.unread = this.block(this.blocks++);
      const part = this.unread.subarray(0, count - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.unread = this.unread.subarray(part.length);
    }
    return bytes;
  }

  /** A uniformly distributed integer from 0 to k - 1. */
  below(k: number): number {
    if (!Number.isInteger(k) || k < 1 || k > 2 ** 53) throw new RangeError('below(k) needs a whole k from 1 to 2^53');
    const size = BigInt(k);
    // Rejects words above the last full multiple of k, which would make small results more likely.
    const fair = (WORDS / size) * size;
    let word = this.word();
    while (word >= fair) word = this.word();
    return Number(word % size);
  }

  /** A number in [0, 1). */
  unit(): number {
    return Number(this.word() >> 11n) / 2 ** 53;
  }

  private word(): bigint {
    return new DataView(this.bytes(8).buffer).getBigUint64(0);
  }
}

function blocksOf(key: string): (index: bigint) => Uint8Array {
  const secret = utf8Bytes(key);
  return (index) => {
    const counter = new DataView(new ArrayBuffer(8));
    counter.setBigUint64(0, index);
    return hmacSha256(secret, new Uint8Array(counter.buffer));
  };
}
