import { randomInt } from 'node:crypto';

/** The place of a mark in a text, in UTF-16 units. */
export type Span = readonly [start: number, end: number];

interface Mark {
  readonly text: string;
  readonly hash: number;
  /** The hash base to the power of the length of the text. */
  readonly power: number;
}

/** Shorter texts are not searched for, because they would be found by chance. */
export const MIN_MARK = 8;
const LOW_BITS = 0xffff;

/**
 * Searches a text for many marks at once, in one pass: secrets and texts come from users, who could choose them so
 * that a search that starts again at each position takes minutes. It compares rolling hashes with a secret random base
 * (Rabin–Karp).
 */
export class MarkFinder {
  /** Odd, so that the powers do not become 0 modulo 2^32. */
  private readonly base = randomInt(2 ** 31) * 2 + 1;
  private readonly powerOfMin = powerOf(this.base, MIN_MARK);
  private readonly byBeginning = new Map<number, Mark[]>();
  /** Excludes nearly all positions with one look-up, by the low bits of their hash. */
  private readonly isMarked = new Uint8Array(LOW_BITS + 1);

  constructor(marks: readonly string[]) {
    const texts = [...new Set(marks)].filter(({ length }) => length >= MIN_MARK).sort((a, b) => b.length - a.length);
    for (const text of texts) {
      const mark = { text, hash: this.hashOf(text), power: powerOf(this.base, text.length) };
      const beginning = this.hashOf(text.slice(0, MIN_MARK));
      this.isMarked[beginning & LOW_BITS] = 1;
      this.byBeginning.set(beginning, [...(this.byBeginning.get(beginning) ?? []), mark]);
    }
  }

  get isEmpty(): boolean {
    return this.byBeginning.size === 0;
  }

  /**
   * The places of the marks in order of their start; if several start at the same position, the longest. Places may
   * overlap.
   */
  spans(text: string): Span[] {
    const spans: Span[] = [];
    if (this.isEmpty || text.length < MIN_MARK) return spans;
    const hashes = this.hashesOf(text);
    for (let start = 0, known = 0; start + MIN_MARK <= text.length; start++) {
      const beginning = between(hashes, start, start + MIN_MARK, this.powerOfMin);
      if (this.isMarked[beginning & LOW_BITS] !== 1) continue;
      const mark = this.byBeginning.get(beginning)?.find((each) => isAt(each, hashes, start));
      // Compares the texts only outside places found before: otherwise the time for a text of one repeated character
      // would be quadratic.
      if (!mark || (start >= known && !text.startsWith(mark.text, start))) continue;
      spans.push([start, start + mark.text.length]);
      known = Math.max(known, start + mark.text.length);
    }
    return spans;
  }

  /** The hashes of all prefixes of the text. */
  private hashesOf(text: string): Int32Array {
    const hashes = new Int32Array(text.length + 1);
    for (let i = 0, hash = 0; i < text.length; i++) {
      hash = (Math.imul(hash, this.base) + text.charCodeAt(i) + 1) | 0;
      hashes[i + 1] = hash;
    }
    return hashes;
  }

  private hashOf(text: string): number {
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, this.base) + text.charCodeAt(i) + 1) | 0;
    return hash;
  }
}

function isAt({ text, hash, power }: Mark, hashes: Int32Array, start: number): boolean {
  const end = start + text.length;
  return end < hashes.length && between(hashes, start, end, power) === hash;
}

const between = (hashes: Int32Array, start: number, end: number, power: number): number =>
  ((hashes[end] as number) - Math.imul(hashes[start] as number, power)) | 0;

function powerOf(base: number, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power = Math.imul(power, base);
  return power;
}
