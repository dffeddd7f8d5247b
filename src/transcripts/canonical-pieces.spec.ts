import { expect, test } from '@jest/globals';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { listOf, membersOf, objectOf } from './canonical-pieces.js';

test('an object in pieces is the canonical JSON of the object', async () => {
  const written = objectOf({
    z: '1',
    many: listOf(each('1', '"two"', '[3]')),
    a: membersOf(each('"x":{}', '"y":[]')),
    none: listOf(each()),
    nothing: membersOf(each()),
  });

  const whole = { z: 1, many: [1, 'two', [3]], a: { x: {}, y: [] }, none: [], nothing: {} };
  expect(await textOf(written)).toBe(canonicalJson(whole));
  expect(await textOf(objectOf({}))).toBe('{}');
});

test('a member begins when the one before it is complete', async () => {
  const order: string[] = [];
  async function* noted(name: string) {
    order.push(`${name} begins`);
    yield '1';
    order.push(`${name} ends`);
  }

  await textOf(objectOf({ b: noted('b'), a: noted('a') }));

  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

async function* each(...values: string[]) {
  yield* values;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
