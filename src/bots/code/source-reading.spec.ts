import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SourceReading } from './source-reading.js';

const WORKER = new URL(`file://${process.cwd()}/dist/src/bots/code/inline-bot.worker.js`);
const BOT = 'class X { onMessage() {} }';
/** A reader of TypeScript tries both meanings of each bracket: twice the time for each level. */
const slow = (n: number) => `x=${'<a>('.repeat(40)}${n}${')'.repeat(40)};${BOT}`;

let reading: SourceReading;
let now = 0;
beforeAll(() => {
  reading = new SourceReading(WORKER, () => now);
});
afterAll(() => reading.stop());

const outcome = (account: string, source: string, ended: string[] = []) =>
  reading
    .read(account, { source })
    .then(
      (answer) => ('read' in answer ? 'read' : 'refused'),
      (error) => error.code ?? error.reason,
    )
    .finally(() => ended.push(account));

test('A source of another account is read before the third slow source of one account', async () => {
  const ended: string[] = [];
  const slowOnes = [1, 2, 3, 4].map((n) => outcome('mallory', slow(n), ended));
  const good = Array.from({ length: 5 }, (_, n) => outcome('alice', `${BOT}// ${n}`, ended));

  expect(await Promise.all(good)).toEqual(Array(5).fill('read'));
  expect(ended.filter((account) => account === 'mallory').length).toBeLessThan(3);
  expect(await Promise.all(slowOnes)).toEqual(Array(4).fill('late'));
});

test('An account that has sent too many slow sources is refused before reading, until they are forgotten', async () => {
  expect(await outcome('mallory', slow(5))).toBe('late');

  expect(await outcome('mallory', BOT)).toBe('RATE_LIMIT');
  expect(await outcome('alice', BOT)).toBe('read');
  now += 10 * 60_000;
  expect(await outcome('mallory', BOT)).toBe('read');
});
