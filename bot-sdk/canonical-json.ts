/**
 * Canonical JSON (RFC 8785): keys sorted by UTF-16 code units, numbers as ECMAScript prints them, no spaces. Throws a
 * TypeError for values that JSON cannot represent: NaN, Infinity, undefined, functions, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'string') return stringOf(value);
  // Array.from, not map: an empty slot must be refused like undefined.
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
  if (typeof value === 'object') return objectOf(value as Record<string, unknown>);
  throw new TypeError(`JSON has no ${typeof value}`);
}

function objectOf(object: Record<string, unknown>): string {
  // sort() without a comparer compares UTF-16 code units, as the RFC requires.
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
  if (!text.isWellFormed()) throw new TypeError('JSON text must not hold a lone surrogate');
  return JSON.stringify(text);
}
