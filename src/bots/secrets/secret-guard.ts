import type { Env } from './env.js';

/** Less of a secret than this, in letters and digits, is found in too much that is none. */
const LEAST = 8;
/** Of an encoding a little more: hashes and pictures are full of such letters. */
const LEAST_ENCODED = 12;

interface Mark {
  readonly name: string;
  readonly text: string;
  /** Whether it is looked for among letters and digits only. */
  readonly isBare: boolean;
}

/**
 * Finds secrets in what a bot says: as they are, reversed, in base64, hex, percent-encoding or JSON, whatever the case, with
 * anything strewn in, and in pieces one after another. What is looked for is the middle half of each, so that one with its
 * ends cut off is found as well; the last four characters or a hash of it are not. A bot that enciphers gets past it.
 */
export class SecretGuard {
  private readonly marks: readonly Mark[];
  private readonly exact: readonly [name: string, form: string][];

  constructor(env: Env) {
    const secrets = Object.entries(env);
    this.marks = secrets.flatMap(([name, value]) => marksOf(name, value));
    this.exact = secrets.flatMap(([name, value]) =>
      [value, encodeURIComponent(value), escaped(value)].map((form): [string, string] => [name, form]),
    );
  }

  /** The name of a secret that is in one of the values, or in all of them read one after another. */
  findIn(...values: unknown[]): string | undefined {
    if (!this.marks.length) return undefined;
    const names: string[] = [];
    const texts: string[] = [];
    for (const value of values) gather(value, names, texts);
    const said = [names.join(''), texts.join('')].map((text) => text.toLowerCase());
    const bare = said.map(bareOf);
    return this.marks.find(({ text, isBare }) => (isBare ? bare : said).some((each) => each.includes(text)))?.name;
  }

  /** The text with every secret replaced by its name. Where one is left in another form, nothing of the text stays. */
  withoutSecrets(text: string): string {
    const kept = this.exact.reduce((rest, [name, form]) => rest.replaceAll(form, `[secret ${name}]`), text);
    const left = this.findIn(kept);
    return left === undefined ? kept : `[withheld: it held the secret ${left}]`;
  }
}

function marksOf(name: string, value: string): Mark[] {
  const bytes = Buffer.from(value);
  const plain = [value, encodeURIComponent(value), escaped(value)].map((text) => text.toLowerCase());
  const encoded = [bytes.toString('hex'), ...[0, 1, 2].map((shift) => base64Within(bytes, shift))].map((text) =>
    text.toLowerCase(),
  );
  const marks = [
    ...plain.map((text) => ({ text: middleOf(text, LEAST), isBare: false })),
    ...plain
      .map(bareOf)
      .flatMap((text) => (text.length < LEAST ? [] : [{ text: middleOf(text, LEAST), isBare: true }])),
    ...encoded.map((text) => ({ text: middleOf(bareOf(text), LEAST_ENCODED), isBare: true })),
  ];
  return [...marks, ...marks.map(({ text, isBare }) => ({ text: reversed(text), isBare }))]
    .filter(({ text }) => text.length >= LEAST)
    .map((mark) => ({ name, ...mark }));
}

/** The characters of base64 that depend on these bytes alone, where `shift` others stand before them. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

function middleOf(text: string, least: number): string {
  const length = Math.min(text.length, Math.max(least, Math.ceil(text.length / 2)));
  const start = Math.floor((text.length - length) / 2);
  return text.slice(start, start + length);
}

/** Every text and number of a value in the order in which it is read, and apart from them the names of its members. */
function gather(value: unknown, names: string[], texts: string[]) {
  if (typeof value === 'string' || typeof value === 'number') texts.push(String(value));
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) names.push(name);
    gather(inner, names, texts);
  }
}

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);
const bareOf = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
const reversed = (text: string) => [...text].reverse().join('');
