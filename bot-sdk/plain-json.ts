import type { Json, JsonObject } from './contract.js';

/** More than any honest body needs, and far below the stack limit of a recursive reader. */
export const MAX_DEPTH = 32;

/**
 * Validates an untrusted value as plain JSON and throws with the place if it is not: at most 32 levels, no lone
 * surrogates, and no `__proto__`, which careless code would merge into a prototype.
 */
export function plainJson(value: unknown, at: string, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new NotJsonError(at, `is nested deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') return wellFormed(value, at);
  if (Array.isArray(value)) return Array.from(value, (item, i) => plainJson(item, `${at}[${i}]`, depth + 1));
  if (isPlainObject(value)) return plainMembers(value, at, depth);
  throw new NotJsonError(at, 'is not JSON');
}

export function plainObject(value: unknown, at: string): JsonObject {
  if (!isPlainObject(value)) throw new NotJsonError(at, 'is not an object');
  return plainMembers(value, at, 0);
}

/** The value is not JSON: where, and why. */
export class NotJsonError extends Error {
  constructor(
    readonly at: string,
    readonly fault: string,
  ) {
    super(`${at} ${fault}`);
  }
}

export function byteLength(value: Json): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function plainMembers(object: object, at: string, depth: number): JsonObject {
  const members = Object.entries(object).map(([key, item]) => {
    if (key === '__proto__') throw new NotJsonError(at, 'has a member named __proto__');
    return [wellFormed(key, at), plainJson(item, `${at}.${key.slice(0, 40)}`, depth + 1)];
  });
  return Object.fromEntries(members);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // Compared by its structure too: an object of another realm has that realm's Object.prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function wellFormed(text: string, at: string): string {
  if (!text.isWellFormed()) throw new NotJsonError(at, 'holds half of a surrogate pair');
  return text;
}
