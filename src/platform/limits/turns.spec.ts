import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ParseTurns } from './parse-turns.js';

test('Accounts take turns, one body in each turn of the event loop', async () => {
  const turns = new ParseTurns();
  const parsed: string[] = [];
  const bodies = ['mallory 1', 'mallory 2', 'mallory 3', 'alice 1'].map((body) =>
    turns.take(body.split(' ')[0] as string).then(() => parsed.push(body)),
  );

  const after: string[][] = [];
  for (let i = 0; i < 4; i++) {
    await setImmediate();
    after.push([...parsed]);
  }
  await Promise.all(bodies);

  const order = ['mallory 1', 'alice 1', 'mallory 2', 'mallory 3'];
  expect(after).toEqual([1, 2, 3, 4].map((count) => order.slice(0, count)));
});
