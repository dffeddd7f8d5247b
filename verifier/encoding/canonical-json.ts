import type { Json } from './json.js';

/**
 * Writes canonical JSON (RFC 8785): names sorted by UTF-16 code units, numbers and texts as ECMAScript writes them. The
 * value must be JSON without lone surrogates.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('JSON has no such number');
    if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('JSON has no lone surrogates');
    if (value === undefined) throw new TypeError('JSON has no undefined');
    return JSON.stringify(value);
  }
  let text = '';
  for (const name of Object.keys(value).sort()) {
    text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Whether two JSON values are the same. */
export const isSame = (one: Json, other: Json): boolean => one === other || canonicalJson(one) === canonicalJson(other);
