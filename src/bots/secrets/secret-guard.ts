import type { Env } from './env.js';
import { LEAST, type Mark, MarkFinder } from './mark-finder.js';

/** Of an encoding a little more than of a text: hashes and pictures are full of such letters. */
const LEAST_ENCODED = 12;
/** So much of the middle of a long secret stands for the whole. */
const CORE_CHARS = 128;
/** What is longer is not mended, but withheld as a whole. */
const MOST_MENDED = 16_384;
const MOST_EXACT = 256;

/**
 * Finds secrets in what a bot says: as they are, reversed, in base64, hex, percent-encoding or JSON, whatever the case, with
 * anything strewn in, and in pieces one after another. What is looked for is the middle half of each, so that one with its
 * ends cut off is found as well; the last four characters or a hash of it are not. A bot that enciphers gets past it.
 */
export class SecretGuard {
  private readonly plain: MarkFinder;
  /** Of letters and digits only. */
  private readonly bare: MarkFinder;
  private readonly exact: readonly [name: string, form: string][];

  constructor(env: Env) {
    const secrets = Object.entries(env);
    this.plain = new MarkFinder(secrets.flatMap(([name, value]) => marksOf(name, plainFormsOf(coreOf(value)))));
    this.bare = new MarkFinder(secrets.flatMap(([name, value]) => marksOf(name, bareFormsOf(coreOf(value)))));
    this.exact = secrets.flatMap(([name, value]) =>
      value.length > MOST_EXACT ? [] : writtenOf(value).map((form): [string, string] => [name, form]),
    );
  }

  /** The name of a secret that is in one of the values, or in all of them read one after another. */
  findIn(...values: unknown[]): string | undefined {
    if (this.plain.isEmpty) return undefined;
    const names: string[] = [];
    const texts: string[] = [];
    for (const value of values) gather(value, names, texts);
    for (const said of [names, texts]) {
      const text = said.join('').toLowerCase();
      const found = this.plain.find(text) ?? this.bare.find(bareOf(text));
      if (found) return found.name;
    }
    return undefined;
  }

  /** The text with every secret replaced by its name. Where one is left in another form, nothing of the text stays. */
  withoutSecrets(text: string): string {
    const found = this.findIn(text);
    if (found === undefined) return text;
    const mended = text.length > MOST_MENDED ? text : this.mended(text);
    const left = this.findIn(mended);
    return left === undefined ? mended : `[withheld: it held the secret ${left}]`;
  }

  private mended(text: string): string {
    return this.exact.reduce((rest, [name, form]) => rest.replaceAll(form, `[secret ${name}]`), text);
  }
}

/** Each form as it is and backwards. */
const marksOf = (name: string, forms: string[]): Mark[] =>
  forms
    .filter((text) => text.length >= LEAST)
    .flatMap((text) => [
      { name, text },
      { name, text: reversed(text) },
    ]);

const plainFormsOf = (core: string) => writtenOf(core).map((form) => middleOf(form.toLowerCase(), LEAST));

function bareFormsOf(core: string): string[] {
  const bytes = Buffer.from(core);
  const written = writtenOf(core).map((form) => middleOf(bareOf(form.toLowerCase()), LEAST));
  const encoded = [bytes.toString('hex'), ...[0, 1, 2].map((shift) => base64Within(bytes, shift))];
  return [...written, ...encoded.map((form) => middleOf(bareOf(form.toLowerCase()), LEAST_ENCODED))];
}

const writtenOf = (text: string) => [...new Set([text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)])];

/** Whole characters, so that each can be encoded. */
const coreOf = (value: string) => (value.length <= CORE_CHARS ? value : middleOf([...value], CORE_CHARS, 0).join(''));

/** The characters of base64 that depend on these bytes alone, where `shift` others stand before them. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

/** Half of it, and not less than `least` where there is that much. */
function middleOf<T extends string | string[]>(whole: T, least: number, share = 0.5): T {
  const length = Math.min(whole.length, Math.max(least, Math.ceil(whole.length * share)));
  const start = Math.floor((whole.length - length) / 2);
  return whole.slice(start, start + length) as T;
}

/** Every text and number of a value in the order in which it is read, and apart from them the names of its members. */
function gather(value: unknown, names: string[], texts: string[]) {
  if (typeof value === 'string') texts.push(value);
  else if (typeof value === 'number') texts.push(String(value));
  else if (Array.isArray(value)) for (const inner of value) gather(inner, names, texts);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      names.push(name);
      gather(inner, names, texts);
    }
  }
}

const bareOf = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');
const reversed = (text: string) => [...text].reverse().join('');
