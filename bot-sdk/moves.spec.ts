import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from './contract.js';
import { isMove, isTyped } from './moves.js';

const GUESS: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'value'],
  properties: { type: { const: 'guess' }, value: { type: 'integer' }, note: { type: 'string' } },
};

describe('A move', () => {
  test.each<[string, JsonObject, boolean]>([
    ['as declared', { type: 'guess', value: 5 }, true],
    ['with a value of another type', { type: 'guess', value: '5' }, false],
    ['with less', { type: 'guess' }, false],
    ['with more', { type: 'guess', value: 5, more: 1 }, false],
    ['with free text where the schema has room for it', { type: 'guess', value: 5, note: 'hello' }, false],
    ['of another type', { type: 'say', value: 5 }, false],
    ['that is text', { text: 'guess 5' }, false],
  ])('%s', (_case, body, is) => {
    const copy = structuredClone(body);
    expect(isMove([{ type: 'object', properties: { type: { const: 'pass' } } }, GUESS], body)).toBe(is);
    expect(body).toEqual(copy);
  });

  test('is not a move if no moves are declared', () => expect(isMove([], {})).toBe(false));
});

test.each<[JsonObject, Json, boolean]>([
  [{}, 'free', false],
  [{}, 5, true],
  [{ enum: ['a'] }, 'a', true],
  [{ type: 'array', items: { enum: ['a'] } }, ['a', 'a'], true],
  [{ type: 'array', items: { enum: ['a'] } }, ['a', 'b'], false],
  [{ type: 'array' }, ['free'], false],
  [{ type: 'array' }, [[{ free: 1 }]], false],
  [{ properties: { a: {} } }, { a: null }, true],
  [{ properties: { a: {} } }, { constructor: 1 }, false],
  [{}, { 'a name that is text': 1 }, false],
])('with the schema %j, the move %j is typed: %p', (schema, value, is) => expect(isTyped(schema, value)).toBe(is));
