import { expect, test } from '@jest/globals';
import { TurnQueue } from './turn-queue.js';

const queueOf = (...items: [key: string, item: string][]) => {
  const queue = new TurnQueue<string>();
  for (const [key, item] of items) queue.push(key, item);
  return queue;
};
const drain = (queue: TurnQueue<string>) => Array.from({ length: queue.length }, () => queue.shift());

test('Keys take turns, and the items of each key stay in order', () => {
  expect(drain(queueOf(['a', 'a1'], ['a', 'a2'], ['a', 'a3'], ['b', 'b1']))).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('Removed items are not returned, and no others are lost', () => {
  const queue = queueOf(['a', 'a1'], ['a', 'a2'], ['b', 'b1']);

  expect(queue.remove((item) => item.endsWith('1'))).toEqual(['a1', 'b1']);
  expect(queue.remove((item) => item === 'c1')).toEqual([]);
  expect(queue.length).toBe(1);
  expect(drain(queue)).toEqual(['a2']);
});
