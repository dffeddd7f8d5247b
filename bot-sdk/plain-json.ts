import type { Json, JsonObject } from './contract.js';

/** Deep enough for every honest body, and far from where a reader's stack ends. */
export const MAX_DEPTH = 32;

/**
 * Takes a value from the other side of a wall for JSON, or says where it is not: plain, at most 32 deep, no lone
 * surrogates, and no `__proto__`, which a careless reader would merge into a prototype.
 */
export function plainJson(value: unknown, at: string, depth = 0): Json {
  if (depth > MAX_DEPTH) throw new NotJson(at, `is nested deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') return wellFormed(value, at);
  if (Array.isArray(value)) return Array.from(value, (item, i) => plainJson(item, `${at}[${i}]`, depth + 1));
  if (isPlainObject(value)) return plainMembers(value, at, depth);
  throw new NotJson(at, 'is not JSON');
}

export function plainObject(value: unknown, at: string): JsonObject {
  if (!isPlainObject(value)) throw new NotJson(at, 'is not an object');
  return plainMembers(value, at, 0);
}

/** What is no JSON: where, and why. */
export class NotJson extends Error {
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
    if (key === '__proto__') throw new NotJson(at, 'has a member named __proto__');
    return [wellFormed(key, at), plainJson(item, `${at}.${key.slice(0, 40)}`, depth + 1)];
  });
  return Object.fromEntries(members);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // By name as well: what crossed from another realm has that realm's Object.prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function wellFormed(text: string, at: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new NotJson(at, 'holds half of a surrogate pair');
  return text;
}
