import { randomInt } from 'node:crypto';

/** From where to where something stands in a text. */
export type Span = readonly [start: number, end: number];

interface Mark {
  readonly text: string;
  readonly hash: number;
  /** The base to the power of its length. */
  readonly power: number;
}

/** What is shorter is not looked for: it is found in too much that is none. */
export const MIN_MARK = 8;
const LOW_BITS = 0xffff;

/**
 * Looks for many marks at once, in one pass over the text whatever the marks are: secrets and texts come from strangers, who
 * could choose both so that any search which begins anew at each place takes minutes. So marks are told apart by hashes, to a base
 * that nobody knows: those of all parts of a text follow from those of its beginnings.
 */
export class MarkFinder {
  /** Odd, so that no letter is lost. */
  private readonly base = randomInt(2 ** 31) * 2 + 1;
  private readonly powerOfMin = powerOf(this.base, MIN_MARK);
  private readonly byBeginning = new Map<number, Mark[]>();
  /** Passes over most places at once, by the low bits of their hash. */
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

  /** Where marks stand, by their beginning; of those that begin at one place the longest. They may overlap. */
  spans(text: string): Span[] {
    const found: Span[] = [];
    if (this.isEmpty || text.length < MIN_MARK) return found;
    const hashes = this.hashesOf(text);
    for (let start = 0, known = 0; start + MIN_MARK <= text.length; start++) {
      const beginning = between(hashes, start, start + MIN_MARK, this.powerOfMin);
      if (this.isMarked[beginning & LOW_BITS] !== 1) continue;
      const mark = this.byBeginning.get(beginning)?.find((each) => isAt(each, hashes, start));
      // Compared letter by letter only where nothing was found yet: else a text of one letter would cost its square.
      if (!mark || (start >= known && !text.startsWith(mark.text, start))) continue;
      found.push([start, start + mark.text.length]);
      known = Math.max(known, start + mark.text.length);
    }
    return found;
  }

  /** Of every beginning of the text. */
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
