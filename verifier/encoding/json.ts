/** What a JSON text can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [name: string]: Json };

/** The text is not the JSON that is expected. `at`: the byte where this was found. */
export class FormatError extends Error {
  constructor(
    message: string,
    readonly at?: number,
  ) {
    super(at === undefined ? message : `${message} (byte ${at})`);
  }
}

/** Bounds the work and the memory that one text can cause. */
export interface JsonLimits {
  readonly depth: number;
  /** Values of all types, at all depths. */
  readonly values: number;
}

/**
 * Reads JSON that is written as RFC 8785 writes it, except for white space between tokens. So each value has one text, and
 * a change of a text is a change of its value. Refuses names that are given twice or out of order, numbers and escapes in
 * another form, lone surrogates and invalid UTF-8.
 */
export function readJson(bytes: Uint8Array, limits: JsonLimits): Json {
  return new Reader(bytes, limits).document();
}

class Reader {
  private at = 0;
  private left: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly limits: JsonLimits,
  ) {
    this.left = limits.values;
  }

  document(): Json {
    const value = this.value(0);
    this.space();
    if (this.at !== this.bytes.length) throw this.error('there is something after the end of the value');
    return value;
  }

  private value(depth: number): Json {
    this.left -= 1;
    if (this.left < 0) throw this.error(`there are more than ${this.limits.values} values`);
    if (depth > this.limits.depth) throw this.error(`values are nested deeper than ${this.limits.depth}`);
    this.space();
    switch (this.bytes[this.at]) {
      case OPEN_BRACE:
        return this.object(depth);
      case OPEN_BRACKET:
        return this.list(depth);
      case QUOTE:
        return this.text();
      case 0x74:
        return this.word('true', true);
      case 0x66:
        return this.word('false', false);
      case 0x6e:
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const object: JsonObject = {};
    let last: string | undefined;
    this.at += 1;
    for (let isFirst = true; !this.ends(CLOSE_BRACE, isFirst); isFirst = false) {
      this.space();
      const name = this.text();
      if (last === name) throw this.error('a name is given twice in one object');
      if (last !== undefined && last > name) throw this.error('the names of an object are not in order');
      last = name;
      this.space();
      this.expect(COLON, 'a colon is missing');
      setMember(object, name, this.value(depth + 1));
    }
    return object;
  }

  private list(depth: number): Json[] {
    const list: Json[] = [];
    this.at += 1;
    for (let isFirst = true; !this.ends(CLOSE_BRACKET, isFirst); isFirst = false) list.push(this.value(depth + 1));
    return list;
  }

  /** Reads the end of a list or an object, or the comma before its next member. */
  private ends(close: number, isFirst: boolean): boolean {
    this.space();
    if (this.bytes[this.at] === close) {
      this.at += 1;
      return true;
    }
    if (!isFirst) this.expect(COMMA, 'a comma or an end is missing');
    return false;
  }

  private text(): string {
    this.expect(QUOTE, 'a text is missing');
    let text = '';
    for (let from = this.at; ; ) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw this.error('a text does not end');
      if (byte < 0x20) throw this.error('a text contains a control character');
      if (byte === QUOTE || byte === BACKSLASH) {
        text += this.decoded(from, this.at);
        this.at += 1;
        if (byte === QUOTE) return text;
        text += this.escaped();
        from = this.at;
      } else this.at += 1;
    }
  }

  private decoded(from: number, to: number): string {
    if (from === to) return '';
    try {
      return UTF8.decode(this.bytes.subarray(from, to));
    } catch {
      throw this.error('a text is not valid UTF-8');
    }
  }

  /** The escapes that RFC 8785 writes: short ones where JSON has them, otherwise lower-case `\u00xx`. */
  private escaped(): string {
    const letter = String.fromCharCode(this.bytes[this.at] ?? 0);
    this.at += 1;
    const short = SHORT_ESCAPES[letter];
    if (short !== undefined) return short;
    const digits = String.fromCharCode(...this.bytes.subarray(this.at, this.at + 4));
    this.at += 4;
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    if (letter !== 'u' || !/^00[01][0-9a-f]$/.test(digits) || JSON.stringify(character) !== `"\\u${digits}"`) {
      throw this.error('a text contains an escape that is not canonical');
    }
    return character;
  }

  private number(): number {
    const from = this.at;
    while (IN_NUMBER.has(this.bytes[this.at] ?? 0)) this.at += 1;
    const digits = String.fromCharCode(...this.bytes.subarray(from, Math.min(this.at, from + MAX_NUMBER)));
    const number = Number(digits);
    if (digits === '' || !Number.isFinite(number)) throw this.error('a value is missing');
    if (this.at - from > MAX_NUMBER || String(number) !== digits || Object.is(number, -0)) {
      throw this.error('a number is not canonical');
    }
    return number;
  }

  private word<T extends Json>(word: string, value: T): T {
    for (let i = 0; i < word.length; i += 1) this.expect(word.charCodeAt(i), 'a value is missing');
    return value;
  }

  private expect(byte: number, otherwise: string) {
    if (this.bytes[this.at] !== byte) throw this.error(otherwise);
    this.at += 1;
  }

  private space() {
    for (let byte = this.bytes[this.at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; ) {
      this.at += 1;
      byte = this.bytes[this.at];
    }
  }

  private error(message: string) {
    return new FormatError(message, this.at);
  }
}

/** An assignment to `__proto__` would set the prototype. */
function setMember(object: JsonObject, name: string, value: Json) {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A byte-order mark is part of a text. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
const IN_NUMBER = new Set([...'0123456789+-.eE'].map((character) => character.charCodeAt(0)));
/** The longest number that ECMAScript prints has 25 characters. */
const MAX_NUMBER = 30;
