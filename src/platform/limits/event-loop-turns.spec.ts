import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { EventLoopTurns } from './event-loop-turns.js';

test('Accounts take turns, one call in each turn of the event loop', async () => {
  const turns = new EventLoopTurns();
  const begun: string[] = [];
  const calls = ['mallory 1', 'mallory 2', 'mallory 3', 'alice 1'].map((call) =>
    turns.take(call.split(' ')[0] as string).then(() => begun.push(call)),
  );

  const after: string[][] = [];
  for (let i = 0; i < 4; i++) {
    await setImmediate();
    after.push([...begun]);
  }
  await Promise.all(calls);

  const order = ['mallory 1', 'alice 1', 'mallory 2', 'mallory 3'];
  expect(after).toEqual([1, 2, 3, 4].map((count) => order.slice(0, count)));
});
