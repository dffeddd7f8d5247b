/** What is looked for: no shorter than `LEAST` characters. */
export interface Mark {
  readonly name: string;
  readonly text: string;
}

/** Less of a secret than this, in letters and digits, is found in too much that is none. */
export const LEAST = 8;
const BASE = 16_777_619;
const LOW_BITS = 0xffff;
const BASE_TO_LEAST = Array.from({ length: LEAST }).reduce<number>((power) => Math.imul(power, BASE), 1);

/**
 * Looks for many marks at once, in one pass over the text whatever the marks are: secrets and texts come from strangers, who
 * could choose both so that any search which begins anew at each place takes minutes.
 */
export class MarkFinder {
  private readonly byHash = new Map<number, Mark[]>();
  /** Passes over most places at once, by the low bits of their hash. */
  private readonly isMarked = new Uint8Array(LOW_BITS + 1);

  constructor(marks: readonly Mark[]) {
    for (const mark of new Map(marks.map((each) => [each.text, each])).values()) {
      const hash = hashOf(mark.text.slice(0, LEAST));
      this.isMarked[hash & LOW_BITS] = 1;
      this.byHash.set(hash, [...(this.byHash.get(hash) ?? []), mark]);
    }
  }

  get isEmpty(): boolean {
    return !this.byHash.size;
  }

  find(text: string): Mark | undefined {
    let hash = 0;
    for (let end = 0; end < text.length; end++) {
      hash = (Math.imul(hash, BASE) + text.charCodeAt(end)) | 0;
      if (end >= LEAST) hash = (hash - Math.imul(text.charCodeAt(end - LEAST), BASE_TO_LEAST)) | 0;
      if (this.isMarked[hash & LOW_BITS] !== 1) continue;
      const found = this.markAt(text, end + 1 - LEAST, hash);
      if (found) return found;
    }
    return undefined;
  }

  private markAt(text: string, start: number, hash: number): Mark | undefined {
    return this.byHash.get(hash)?.find((mark) => text.startsWith(mark.text, start));
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}
