import type { Env } from './env.js';
import { MarkFinder, MIN_MARK, type Span } from './mark-finder.js';
import {
  lettersAndDigits,
  lettersAndDigitsWithPlaces,
  lowerCaseInPlace,
  unionOf,
  withSpansMasked,
} from './searchable-text.js';

/** The replacement for a secret; the same for all secrets. */
const MASK = '[secret]';
/**
 * The minimum length of a secret reduced to letters and digits. It is as long as a whole secret must be, so that
 * removing other characters never makes matches by chance more likely.
 */
const MIN_BARE = 16;

/**
 * Replaces secrets by `[secret]` and leaves everything else unchanged. It finds whole secrets: as they are, reversed,
 * in base64, hex, percent-encoding or JSON, in any case, with other characters in between, and split over neighbouring
 * texts. It does not find a part of a secret, or a secret that the bot has encrypted.
 *
 * All texts of one value must have the same readers. Otherwise a secret that is split between texts would show a
 * reader of the first text, by the mask there, what the other text contains.
 */
export class SecretMask {
  private readonly plain: MarkFinder;
  /** For texts reduced to letters and digits. */
  private readonly bare: MarkFinder;

  constructor(env: Env) {
    const secrets = Object.values(env);
    this.plain = new MarkFinder(bothWays(secrets.flatMap((value) => writtenOf(value).map(lowerCaseInPlace))));
    this.bare = new MarkFinder(bothWays(secrets.flatMap(bareFormsOf)));
  }

  /** Whether the value contains a secret. */
  finds(value: unknown): boolean {
    const leaves = leavesOf(value);
    return this.spansIn(leaves.names).length > 0 || this.spansIn(leaves.texts).length > 0;
  }

  /** The value with secrets replaced in all texts, numbers and names of members; the same object if there are none. */
  masked<T>(value: T): T {
    if (this.plain.isEmpty) return value;
    const { names, texts } = leavesOf(value);
    const [inNames, inTexts] = [this.spansIn(names), this.spansIn(texts)];
    if (!inNames.length && !inTexts.length) return value;
    const next = {
      names: withSpansMasked(names, inNames, MASK).values(),
      texts: withSpansMasked(texts, inTexts, MASK).values(),
    };
    return rebuilt(value, next) as T;
  }

  private spansIn(leaves: readonly string[]): Span[] {
    if (this.plain.isEmpty) return [];
    const text = lowerCaseInPlace(leaves.join(''));
    const { bare, places } = lettersAndDigitsWithPlaces(text);
    const strewn = this.bare.spans(bare).map(([start, end]): Span => {
      return [places[start] as number, (places[end - 1] as number) + 1];
    });
    return unionOf([...this.plain.spans(text), ...strewn]);
  }
}

function bareFormsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const encoded = [bytes.toString('hex'), ...[0, 1, 2].map((shift) => base64Within(bytes, shift))];
  const least = Math.max(MIN_MARK, Math.min(MIN_BARE, value.length));
  return [...writtenOf(value), ...encoded]
    .map((form) => lettersAndDigits(lowerCaseInPlace(form)))
    .filter(({ length }) => length >= least);
}

const writtenOf = (text: string) => {
  const wellFormed = Buffer.from(text).toString();
  return [...new Set([text, encodeURIComponent(wellFormed), JSON.stringify(text).slice(1, -1)])];
};

/** The base64 characters that depend only on these bytes when `shift` other bytes come before them. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

const bothWays = (forms: string[]) => forms.flatMap((form) => [form, [...form].reverse().join('')]);

interface Leaves {
  readonly names: string[];
  readonly texts: string[];
}

/** All texts and numbers of a value in reading order and, separately, the names of its members. */
function leavesOf(value: unknown, leaves: Leaves = { names: [], texts: [] }): Leaves {
  if (typeof value === 'string') leaves.texts.push(value);
  else if (typeof value === 'number') leaves.texts.push(String(value));
  else if (Array.isArray(value)) for (const inner of value) leavesOf(inner, leaves);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      leaves.names.push(name);
      leavesOf(inner, leaves);
    }
  }
  return leaves;
}

interface NextLeaves {
  readonly names: Iterator<string>;
  readonly texts: Iterator<string>;
}

/** The value with other leaves. A number stays a number if its text is unchanged. */
function rebuilt(value: unknown, next: NextLeaves): unknown {
  if (typeof value === 'string') return next.texts.next().value;
  if (typeof value === 'number') {
    const text = next.texts.next().value;
    return text === String(value) ? value : text;
  }
  if (Array.isArray(value)) return value.map((inner) => rebuilt(inner, next));
  if (typeof value !== 'object' || value === null) return value;
  const members = new Map<string, unknown>();
  for (const inner of Object.values(value)) {
    const name = next.names.next().value as string;
    members.set(freeName(name, members), rebuilt(inner, next));
  }
  return Object.fromEntries(members);
}

/** Masking can make two names equal; then the second gets a number, so that no member is lost. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let n = 2, free = name; ; n++) {
    if (!taken.has(free)) return free;
    free = `${name} ${n}`;
  }
}
