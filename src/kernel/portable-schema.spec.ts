import { describe, expect, test } from '@jest/globals';
import { listedFields, portable } from './portable-schema.js';

const ANY = {
  anyOf: [{ type: 'string', maxLength: 9 }, { type: 'object' }],
  description: 'What.',
  'x-untrusted': true,
};
const NAME = { type: ['string', 'null'], description: 'Who.', minLength: 1 };

describe('A schema for REST', () => {
  test('with null lists it among its types', () => {
    expect(portable({ type: 'object', properties: { name: NAME } })).toEqual({
      type: 'object',
      properties: { name: NAME },
    });
  });

  test('with several types is a choice with nothing beside it', () => {
    expect(portable({ type: ['number', 'string'], description: 'A value.' })).toEqual({
      anyOf: [
        { type: 'number', description: 'A value.' },
        { type: 'string', description: 'A value.' },
      ],
    });
  });

  test('keeps common keywords in each choice, also in lists and in objects with free names', () => {
    const alone = {
      anyOf: [
        { type: 'string', maxLength: 9, description: 'What.', 'x-untrusted': true },
        { type: 'object', description: 'What.', 'x-untrusted': true },
      ],
    };

    expect(portable({ items: ANY, additionalProperties: ANY, properties: { any: ANY } })).toEqual({
      items: alone,
      additionalProperties: alone,
      properties: { any: alone },
    });
  });

  test('with one type, with any type or with a list of values is not changed', () => {
    const schema = { type: 'object', properties: { type: { type: 'string' }, any: {}, all: { enum: ['type'] } } };

    expect(portable(schema)).toEqual(schema);
  });
});

describe('A schema for a tool', () => {
  test('has no null, and keeps descriptions and allowed values', () => {
    const mode = { type: 'string', enum: ['open', 'typed'], description: 'How.' };
    const either = {
      anyOf: [
        { type: 'integer', description: 'Where.' },
        { type: 'null', description: 'Where.' },
      ],
    };

    expect(listedFields({ type: 'object', properties: { name: NAME, mode, either }, required: ['name'] })).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', description: 'Who.' },
        mode,
        either: { type: 'integer', description: 'Where.' },
      },
      required: ['name'],
    });
  });

  test('has no validation keywords except the range of a number', () => {
    const schema = {
      type: 'object',
      additionalProperties: false,
      properties: {
        id: { type: 'string', pattern: '^\\p{L}+$', minLength: 5, maxLength: 40 },
        wait: { type: 'integer', minimum: 0, maximum: 50_000 },
        after: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
        list: { type: 'array', items: { type: 'string', maxLength: 9 }, minItems: 1, maxItems: 9 },
      },
    };

    expect(listedFields(schema)).toEqual({
      type: 'object',
      properties: {
        id: { type: 'string' },
        wait: { type: 'integer', minimum: 0, maximum: 50_000 },
        after: { type: 'integer' },
        list: { type: 'array', items: { type: 'string' } },
      },
    });
  });

  test('keeps a field that is named like a keyword', () => {
    const schema = { type: 'object', properties: { pattern: { type: 'string' }, anyOf: { type: 'string' } } };

    expect(listedFields(portable(schema))).toEqual(schema);
  });
});
