import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical-json.js';
import { type Json, readJson } from './json.js';

const LIMITS = { depth: 10, values: 1_000 };
const read = (text: string) => readJson(Buffer.from(text), LIMITS);

describe('Canonical JSON', () => {
  /** RFC 8785, appendix B: IEEE 754 doubles in hex, and how they are written. */
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s, and reads it again', (hex, text) => {
    const number = Buffer.from(hex, 'hex').readDoubleBE();

    expect(canonicalJson(number)).toBe(text);
    expect(read(text)).toBe(number + 0);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', undefined])('cannot write %p', (value) => {
    expect(() => canonicalJson(value as Json)).toThrow(TypeError);
  });

  /** RFC 8785, sections 3.2.2 and 3.2.3. */
  test('is written with its names in the order of their UTF-16 code units', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    const names = { '\u20ac': 5, '\r': 1, '\ufb33': 7, '1': 2, '\ud83d\ude00': 6, '\u0080': 3, '\u00f6': 4 };

    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    expect(Object.values(JSON.parse(canonicalJson(names))).sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect([...canonicalJson(names).matchAll(/:(\d)/g)].map(([, n]) => n).join('')).toBe('1234567');
  });
});

describe('The reader', () => {
  test.each<[string, Json]>([
    [' [ 1 ,\t2,\r\n3 ] ', [1, 2, 3]],
    ['{}', {}],
    ['[]', []],
    ['"\\b\\f\\n\\r\\t\\"\\\\\\u0000\\u001f\u007f\u{1f600}"', '\b\f\n\r\t"\\\u0000\u001f\u007f\u{1f600}'],
    ['{"a":{"b":[true,false,null]},"b":-1.5e-7}', { a: { b: [true, false, null] }, b: -1.5e-7 }],
  ])('reads %p', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    ...[
      '',
      ' ',
      'nul',
      'tru',
      '[1',
      '[1,]',
      '[,1]',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{a:1}',
      '[1] 2',
      "'a'",
      '"a',
      '//',
    ],
    ...[
      '01',
      '1.0',
      '1.',
      '.5',
      '+1',
      '-',
      '-0',
      '1e5',
      '1E+21',
      '1e21',
      '0.0000001',
      '1e400',
      '9007199254740993',
      'NaN',
    ],
    ...[
      '"\\/"',
      '"\\u0041"',
      '"\\u000a"',
      '"\\u001F"',
      '"\\ud800"',
      '"\\ud83d\\ude00"',
      '"\\x"',
      '"\\"',
      '"\u0001"',
      '"\n"',
    ],
    ...['{"a":1,"a":2}', '{"b":1,"a":2}', '{"\ud83d\ude00":1,"\u20ac":2}', '[[[[[[[[[[[[]]]]]]]]]]]]', '\ufeff{}'],
  ])('refuses %p', (text) => {
    expect(() => read(text)).toThrow(/byte \d+/);
  });

  test.each([
    ['a byte that is no UTF-8', [0x22, 0xff, 0x22]],
    ['a character in too many bytes', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character that is cut off', [0x22, 0xe2, 0x82, 0x22]],
  ])('refuses %s', (_, bytes) => {
    expect(() => readJson(Uint8Array.from(bytes), LIMITS)).toThrow('UTF-8');
  });

  test('keeps __proto__ as a member, and changes no prototype', () => {
    const value = read('{"__proto__":{"x":1}}') as object;

    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(canonicalJson(value as Json)).toBe('{"__proto__":{"x":1}}');
  });

  test('stops at its limits', () => {
    expect(() => readJson(Buffer.from(`[${'0,'.repeat(1_000)}0]`), LIMITS)).toThrow('more than 1000 values');
  });
});
