import type { Json, JsonObject } from './contract.js';
import { compile } from './params.js';

/** Whether a message is one of the moves that a manifest declares, without free text. */
export function isMove(moves: readonly JsonObject[], body: JsonObject): boolean {
  // A copy, because validation fills in defaults.
  return moves.some((move) => compile(move)(structuredClone(body)) && isTyped(move, body));
}

/** Whether every text in a value is listed in its schema, and every property name is known. */
export function isTyped(schema: JsonObject, value: Json): boolean {
  if (typeof value === 'string') return value === schema.const || listOf(schema.enum).includes(value);
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every((item) => isTyped(objectOf(schema.items), item));
  const properties = objectOf(schema.properties);
  return Object.entries(value).every(
    ([name, inner]) => Object.hasOwn(properties, name) && isTyped(objectOf(properties[name]), inner),
  );
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
