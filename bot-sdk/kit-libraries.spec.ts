import { spawnSync } from 'node:child_process';
import { format } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { LIBRARIES } from './kit/libraries.js';

// biome-ignore lint/suspicious/noExplicitAny: the type of a script's value is unknown
const library = (name: string): any => new Function(`return ${LIBRARIES[name]}`)();

/** A deterministic sequence of numbers in [0, 1). */
function chance(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}
const caught = (act: () => unknown) => {
  try {
    return act();
  } catch (error) {
    return (error as Error).name;
  }
};

describe('The formatting of a value', () => {
  const { format: formatted } = library('inspect');
  const next = chance(3);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const words = ['a', 'key', 'some-key', "it's", 'line\nbreak', 'ümläut', '😀', 'x'.repeat(30), 'say "hi"', ''];
  const grown = (depth: number): unknown => {
    const list = () => Array.from({ length: Math.floor(next() ** 2 * 30) }, () => grown(depth - 1));
    const kind = depth === 0 ? Math.floor(next() * 7) : Math.floor(next() * 12);
    if (kind < 2) return Math.floor(next() * 10 ** Math.floor(next() * 8));
    if (kind < 4) return pick(words);
    if (kind < 7) return pick([null, undefined, true, -0, 1.5, 10n, Symbol('s'), () => 1, new Date(0), /x/g, NaN]);
    if (kind < 9) return Object.fromEntries(list().map((value, i) => [`${pick(words)}${i}`, value]));
    if (kind === 9) return new Map(list().map((value) => [pick(words), value]));
    return kind === 10 ? new Set(list()) : list();
  };

  test('is the same as in Node', () => {
    for (let i = 0; i < 800; i++) {
      const values = Array.from({ length: 1 + Math.floor(next() * 2) }, () => grown(3));
      expect(formatted(...values)).toBe(format(...values));
    }
  });

  test.each([
    ['%s is %d', 'a', 1],
    ['%i %f', 3.7, '1.5x'],
    ['%j %O', { a: 1 }, { a: { b: { c: { d: 1 } } } }],
    ['%% %c%s', 'color', 5n, 'more', { a: 1 }],
    ['%s %s', null],
    ['%s', [1, [2, [3]]]],
    ['%x %', 1],
    [1, 'a', '%s'],
  ])('joins the values as Node does: %j', (...values) => {
    expect(formatted(...values)).toBe(format(...values));
  });
});

describe('In the locale en-US and the zone UTC', () => {
  const { dateText, numberText, compare } = library('locale');

  test('dates are formatted as in ECMA-402, or refused', () => {
    const next = chance(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const dates = [
      new Date(Date.UTC(2026, 10, 20, 12, 5, 9, 7)),
      new Date(Date.UTC(1999, 6, 31, 23, 59, 59)),
      new Date(Number.NaN),
    ];
    const choices = {
      weekday: ['long', 'short'],
      year: ['numeric', '2-digit'],
      month: ['numeric', '2-digit', 'long', 'short'],
      day: ['numeric', '2-digit'],
      hour: ['numeric', '2-digit'],
      minute: ['2-digit'],
      second: ['2-digit'],
      hour12: [true, false],
      timeZoneName: ['short'],
    };
    const methods = [
      ['toLocaleString', 'any', 'all'],
      ['toLocaleDateString', 'date', 'date'],
      ['toLocaleTimeString', 'time', 'time'],
    ] as const;
    let written = 0;
    for (let i = 0; i < 2_000; i++) {
      const options: Record<string, unknown> = { timeZone: 'UTC' };
      for (const [name, values] of Object.entries(choices)) if (next() < 0.35) options[name] = pick<unknown>(values);
      const [method, required, defaults] = pick(methods);
      const date = pick(dates);
      const ours = caught(() => dateText(date, 'en-US', options, required, defaults));
      if (ours === 'RangeError') continue;
      written += 1;
      expect([options, ours]).toEqual([options, date[method]('en-US', options)]);
    }
    expect(written).toBeGreaterThan(1_000);
  });

  test.each<[unknown, unknown]>([
    ['de-DE', undefined],
    ['en-GB', undefined],
    ['en-US', { timeZone: 'Europe/Berlin' }],
    ['en-US', { era: 'long' }],
    ['en-US', { calendar: 'hebrew' }],
  ])('every other locale or zone is refused: %j %j', (locale, options) => {
    expect(() => dateText(new Date(0), locale, options, 'any', 'all')).toThrow(/en-US and the time zone UTC, and not/);
  });

  test('numbers are formatted as in ECMA-402', () => {
    const next = chance(11);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const choices = {
      minimumFractionDigits: [0, 1, 2],
      maximumFractionDigits: [0, 2, 5],
      useGrouping: [false],
      maximumSignificantDigits: [1, 3, 6],
      minimumIntegerDigits: [2],
      signDisplay: ['always', 'exceptZero'],
    };
    for (let i = 0; i < 2_000; i++) {
      const options: Record<string, unknown> = pick([
        {},
        {},
        { style: 'percent' },
        { style: 'currency', currency: pick(['USD', 'EUR', 'JPY', 'CHF']) },
      ]);
      const asked = { ...options };
      for (const [name, values] of Object.entries(choices)) if (next() < 0.15) asked[name] = pick<unknown>(values);
      const value = pick([
        0,
        -0,
        1.005,
        1234.5,
        -1234567.891,
        1e21,
        1e-7,
        Number.NaN,
        Infinity,
        999.9995,
        (next() - 0.5) * 10 ** Math.floor(next() * 12),
        98765432109876543210n,
      ]);
      const theirs = caught(() => (value as number).toLocaleString('en-US', asked));
      expect([value, asked, caught(() => numberText(value, 'en-US', asked))]).toEqual([value, asked, theirs]);
    }
  });

  test('text is sorted as in the CLDR', () => {
    const next = chance(5);
    const letters = 'aAbBzZéÉñÄö0129 -_.,!?\'"()$€@/ßøæłk';
    const word = () =>
      Array.from({ length: Math.floor(next() * 5) }, () => letters[Math.floor(next() * letters.length)]).join('');
    for (let i = 0; i < 5_000; i++) {
      const [a, b] = [word(), word()];
      for (const options of [undefined, { numeric: true }, { sensitivity: 'base' }] as const) {
        expect([a, b, options, compare(a, b, 'en-US', options)]).toEqual([
          a,
          b,
          options,
          Math.sign(a.localeCompare(b, 'en-US', options)),
        ]);
      }
    }
  });
});

describe('Text and bytes', () => {
  const {
    TextDecoder: Decoder,
    TextEncoder: Encoder,
    atob: fromBase64,
    btoa: toBase64,
    structuredClone: clone,
  } = library('text');

  test('are decoded as in Node, whole and in parts', () => {
    const next = chance(9);
    for (let i = 0; i < 3_000; i++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(next() * 8) }, () =>
        Math.floor(next() < 0.3 ? next() * 128 : next() < 0.5 ? 128 + next() * 64 : 192 + next() * 64),
      );
      const inPieces = (decoder: InstanceType<typeof TextDecoder>) =>
        [...bytes].map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true })).join('|') + decoder.decode();
      for (const options of [{}, { fatal: true }, { ignoreBOM: true }]) {
        expect(caught(() => new Decoder('utf-8', options).decode(bytes))).toBe(
          caught(() => new TextDecoder('utf-8', options).decode(bytes)),
        );
      }
      expect(inPieces(new Decoder())).toBe(inPieces(new TextDecoder()));
    }
  });

  test.each(['', 'abc', 'hé€😀', '\ud800x', 'x\udc00', '\xff\0'])('are encoded as in Node: %j', (text) => {
    expect([...new Encoder().encode(text)]).toEqual([...new TextEncoder().encode(text)]);
    expect(caught(() => toBase64(text))).toBe(caught(() => btoa(text)));
    expect(caught(() => fromBase64(text))).toBe(caught(() => atob(text)));
  });

  test('are cloned with all their values', () => {
    const value: Record<string, unknown> = {
      list: [1, 3],
      map: new Map([[{ k: 1 }, new Set(['x'])]]),
      date: new Date(5),
      bytes: Uint8Array.of(1, 2),
      error: new TypeError('t', { cause: 1 }),
      big: 1n,
    };
    value.self = value;

    const copy = clone(value);

    expect(copy).toEqual(value);
    expect(copy.self).toBe(copy);
    expect(copy.map).not.toBe(value.map);
    expect(() => clone({ f() {} })).toThrow(expect.objectContaining({ name: 'DataCloneError', code: 25 }));
  });
});

describe('URLs', () => {
  const urls = library('urls');
  const fields = (url: URL) => [
    url.href,
    url.origin,
    url.protocol,
    url.username,
    url.password,
    url.host,
    url.port,
    url.pathname,
    url.search,
    url.hash,
  ];
  const of = (Url: typeof URL, text: string, base?: string) => {
    const made = caught(() => new Url(text, base));
    return typeof made === 'string' ? made : fields(made as URL);
  };

  test.each([
    'https://a.test/x/../y?q=é&r=1#f',
    'HTTP://User:Pa ss@EXAMPLE.com:80/%7Efoo/../a b',
    'https://münchen.de/',
    'http://[::1]:3000/',
    'http://192.168.0.1.:8080',
    'http://0x7f.1/',
    'file:///C:/a/b',
    'mailto:a@b.c',
    'javascript:alert(1)',
    '//x',
    'http://',
    'http://a b/',
    'http://ex%41mple.com',
    'http://日本語.jp/パス?クエリ',
    'http://faß.de',
    'http://xn--mnchen-3ya.de',
    'http://xn--a',
    'data:text/plain,hi',
    'http://256.1.1.1',
    'https://a。b',
    'http://a/ \t\nb',
    'http://😀.la/',
    'nothing',
    '',
  ])('are parsed as in Node: %s', (text) => {
    expect(of(urls.URL, text)).toEqual(of(URL, text));
    expect(of(urls.URL, text, 'https://b.test/p/q')).toEqual(of(URL, text, 'https://b.test/p/q'));
  });

  test('use the package, as the script bundles it', () => {
    const { stdout } = spawnSync(
      process.execPath,
      ['-e', `import('./scripts/kit-libraries.mjs').then((m) => process.stdout.write(m.urlsFile()))`],
      { encoding: 'utf8', maxBuffer: 1e7 },
    );
    const [script] = /".*"/s.exec(stdout.slice(stdout.indexOf('export'))) ?? [];

    expect(JSON.parse(script ?? '')).toBe(LIBRARIES.urls);
  });
});
