import { expect, test } from '@jest/globals';
import { portable } from './portable-schema.js';

test('a value that may be null is one of two, with what is said about it beside them', () => {
  const slots = { type: 'array', items: { properties: { name: { type: ['string', 'null'], description: 'Who.' } } } };

  expect(portable({ type: 'object', properties: { slots } })).toEqual({
    type: 'object',
    properties: {
      slots: {
        type: 'array',
        items: { properties: { name: { description: 'Who.', anyOf: [{ type: 'string' }, { type: 'null' }] } } },
      },
    },
  });
});

test('so is each value of an object whose names are free', () => {
  expect(portable({ type: 'object', additionalProperties: { type: ['string', 'null'] } })).toEqual({
    type: 'object',
    additionalProperties: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  });
});

test('rules go with the type that they are about', () => {
  const view = { type: ['object', 'null'], properties: { n: { type: 'integer', minimum: 1 } }, 'x-untrusted': true };

  expect(portable(view)).toEqual({
    'x-untrusted': true,
    anyOf: [{ type: 'object', properties: { n: { type: 'integer', minimum: 1 } } }, { type: 'null' }],
  });
});

test('a value of one type, of any, or of a list of values is left as it is', () => {
  const schema = { type: 'object', properties: { type: { type: 'string' }, any: {}, all: { enum: ['type'] } } };

  expect(portable(schema)).toEqual(schema);
});
