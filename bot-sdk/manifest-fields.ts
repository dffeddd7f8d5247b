import type { JsonObject } from './contract.js';

/** A manifest is invalid. `field` is the place, and the message says what is wrong. */
export class ManifestError extends Error {
  constructor(
    readonly field: string,
    detail: string,
  ) {
    super(`${field} ${detail}`);
  }
}

export function onlyKnown(fields: JsonObject, known: string[], prefix: string) {
  const stranger = Object.keys(fields).find((field) => !known.includes(field));
  if (stranger !== undefined) throw new ManifestError(`${prefix}${stranger}`, 'is not a field of a manifest');
}

export function object(value: unknown, field: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ManifestError(field, 'is not an object');
  return value as JsonObject;
}

export function text(value: unknown, field: string, shape: RegExp): string {
  if (typeof value !== 'string' || !shape.test(value))
    throw new ManifestError(field, `is not a text like ${shape.source}`);
  return value;
}

export function texts(value: unknown, field: string, shape: RegExp): string[] {
  if (value === undefined) return [];
  return list(value, field, 64).map((item, i) => text(item, `${field}[${i}]`, shape));
}

export function list(value: unknown, field: string, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new ManifestError(field, `is not a list of at most ${most}`);
  return value;
}

export function wholeNumber(value: unknown, field: string, least: number, most: number): number {
  const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  if (!fits) throw new ManifestError(field, `is not a whole number from ${least} to ${most}`);
  return value as number;
}

export function flag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw new ManifestError(field, 'is not true or false');
  return value;
}
