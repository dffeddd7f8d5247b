import { FormatError, type Json, type JsonObject } from '../encoding/json.js';

/** A part of the bundle does not have its form. `entry`: the entry in which this was found. */
export class ShapeError extends FormatError {
  constructor(
    message: string,
    readonly entry?: number,
  ) {
    super(message);
  }
}

type Check = (value: Json) => boolean;

/** The members that an object has; a `?` after the name marks one that may be missing. */
export type Shape = Readonly<Record<string, Check>>;

/** Throws unless the value is an object with exactly these members. */
export function objectOf(value: Json | undefined, shape: Shape, what: string, entry?: number): JsonObject {
  if (!isObject(value)) throw new ShapeError(`${what} is not an object`, entry);
  const known = new Set<string>();
  for (const [name, check] of Object.entries(shape)) {
    const member = name.replace('?', '');
    known.add(member);
    if (!Object.hasOwn(value, member)) {
      if (!name.endsWith('?')) throw new ShapeError(`${what} has no ${member}`, entry);
    } else if (!check(value[member] as Json)) throw new ShapeError(`${member} of ${what} is malformed`, entry);
  }
  const other = Object.keys(value).find((name) => !known.has(name));
  if (other !== undefined) throw new ShapeError(`${what} has a member that is not known: ${shown(other)}`, entry);
  return value;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const anything: Check = () => true;
export const text: Check = (value) => typeof value === 'string';
export const list: Check = (value) => Array.isArray(value);
export const object: Check = isObject;
export const natural: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const texts: Check = (value) => Array.isArray(value) && value.every(text);
export const naturals: Check = (value) => Array.isArray(value) && value.every(natural);
export const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
export const oneOf =
  (...values: readonly Json[]): Check =>
  (value) =>
    values.includes(value);
export const hash = matching(/^sha256:[0-9a-f]{64}$/);

/** A foreign name as it may be printed. */
export const shown = (name: string): string => JSON.stringify(name.slice(0, 60));
