import type { Env } from './env.js';
import { MarkFinder, MIN_MARK, type Span } from './mark-finder.js';
import { bareOf, bareTextOf, lowerOf, unionOf, withCuts } from './said-text.js';

/** What stands where a secret stood, whichever it was. */
const MASK = '[secret]';
/** Of letters and digits alone no secret is looked for by less: what it has beside them is no reason to match more. */
const MIN_BARE = 16;

/**
 * Puts `[secret]` in the place of secrets, and leaves everything else as it is. A secret is found as a whole: as it is, reversed,
 * in base64, hex, percent-encoding or JSON, whatever the case, with anything strewn in, and in pieces one after another. A part of
 * one is not; a bot that enciphers gets past it.
 *
 * What is masked at once must be for the same readers. A secret that ends in what some of them cannot read would otherwise show
 * them, by what is masked before their eyes, what that is.
 */
export class SecretMask {
  private readonly plain: MarkFinder;
  /** Of letters and digits only. */
  private readonly bare: MarkFinder;

  constructor(env: Env) {
    const secrets = Object.values(env);
    this.plain = new MarkFinder(bothWays(secrets.flatMap((value) => writtenOf(value).map(lowerOf))));
    this.bare = new MarkFinder(bothWays(secrets.flatMap(bareFormsOf)));
  }

  /** Whether a secret is anywhere in the value. */
  finds(value: unknown): boolean {
    const leaves = leavesOf(value);
    return this.spansIn(leaves.names).length > 0 || this.spansIn(leaves.texts).length > 0;
  }

  /** The value without secrets, in every text, number and name of a member; the very same where there is none. */
  masked<T>(value: T): T {
    if (this.plain.isEmpty) return value;
    const { names, texts } = leavesOf(value);
    const [inNames, inTexts] = [this.spansIn(names), this.spansIn(texts)];
    if (!inNames.length && !inTexts.length) return value;
    const next = { names: withCuts(names, inNames, MASK).values(), texts: withCuts(texts, inTexts, MASK).values() };
    return rebuilt(value, next) as T;
  }

  private spansIn(leaves: readonly string[]): Span[] {
    if (this.plain.isEmpty) return [];
    const text = lowerOf(leaves.join(''));
    const { bare, places } = bareTextOf(text);
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
  return [...writtenOf(value), ...encoded].map((form) => bareOf(lowerOf(form))).filter(({ length }) => length >= least);
}

const writtenOf = (text: string) => {
  const wellFormed = Buffer.from(text).toString();
  return [...new Set([text, encodeURIComponent(wellFormed), JSON.stringify(text).slice(1, -1)])];
};

/** The characters of base64 that depend on these bytes alone, where `shift` others stand before them. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

const bothWays = (forms: string[]) => forms.flatMap((form) => [form, [...form].reverse().join('')]);

interface Leaves {
  readonly names: string[];
  readonly texts: string[];
}

/** Every text and number of a value in the order in which it is read, and apart from them the names of its members. */
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

/** The same value with other leaves. A number stays one where its text is the same. */
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

/** Two names may become the same one; then the second is numbered, so that neither member is lost. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  for (let n = 2, free = name; ; n++) {
    if (!taken.has(free)) return free;
    free = `${name} ${n}`;
  }
}
