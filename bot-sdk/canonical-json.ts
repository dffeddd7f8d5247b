/**
 * The one way to write a JSON value (RFC 8785): keys in UTF-16 order, numbers as ECMAScript prints them, no spaces.
 * Throws a TypeError on what JSON cannot say: NaN, Infinity, undefined, functions, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'string') return stringOf(value);
  // Array.from, not map: a hole is an undefined and must be refused.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (typeof value === 'object') return objectOf(value as Record<string, unknown>);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function objectOf(object: Record<string, unknown>): string {
  // Without a comparer sort() compares UTF-16 code units, which is the order the RFC asks for.
  const members = Object.keys(object)
    .sort()
    .map((key) => `${stringOf(key)}:${canonicalJson(object[key])}`);
  return `{${members.join(',')}}`;
}

function numberOf(number: number): string {
  if (!Number.isFinite(number)) throw new TypeError(`JSON has no ${number}`);
  return JSON.stringify(number);
}

function stringOf(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('JSON text must not hold a lone surrogate');
  return JSON.stringify(text);
}

const LONE_SURROGATE = /\p{Surrogate}/u;
