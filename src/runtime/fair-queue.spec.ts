import { describe, expect, test } from '@jest/globals';
import { FairQueue } from './fair-queue.js';

const queueOf = (...items: [account: string, line: string, item: string, isLate?: boolean][]) => {
  const queue = new FairQueue<string>();
  for (const [account, line, item, isLate] of items) queue.push({ account, line, isLate }, item);
  return queue;
};
const drain = (queue: FairQueue<string>) => Array.from({ length: queue.length }, () => queue.shift()).join(' ');

describe('A queue that accounts share', () => {
  test('takes accounts in turn, however many lines one of them has', () => {
    const many = Array.from({ length: 5 }, (_, n) => ['mallory', `line ${n}`, `m${n}`] as [string, string, string]);

    expect(drain(queueOf(...many, ['alice', 'game', 'a0'], ['alice', 'game', 'a1']))).toBe('m0 a0 m1 a1 m2 m3 m4');
  });

  test('takes the lines of one account in turn', () => {
    const items = [
      ['a', 'x', 'x0'],
      ['a', 'x', 'x1'],
      ['a', 'y', 'y0'],
    ] as const;

    expect(drain(queueOf(...items.map((item) => [...item] as [string, string, string])))).toBe('x0 y0 x1');
  });

  test('takes late work last, but at least every fifth time', () => {
    const prompt = Array.from({ length: 9 }, (_, n) => ['a', 'x', `p${n}`] as [string, string, string]);
    const late: [string, string, string, boolean][] = [
      ['m', 'y', 'late0', true],
      ['m', 'y', 'late1', true],
      ['m', 'y', 'late2', true],
    ];

    expect(drain(queueOf(...late, ...prompt))).toBe('p0 p1 p2 p3 late0 p4 p5 p6 p7 late1 p8 late2');
  });

  test('skips an account that may not have anything now, and the account keeps its turn', () => {
    const queue = queueOf(['m', 'x', 'm0'], ['a', 'y', 'a0']);

    expect(queue.shift((account) => account !== 'm')).toBe('a0');
    expect(queue.shift((account) => account !== 'm')).toBeUndefined();
    expect([queue.hasFor((account) => account !== 'm'), queue.hasFor(() => true)]).toEqual([false, true]);
    expect(queue.shift()).toBe('m0');
  });

  test('returns removed items and counts the remaining ones', () => {
    const queue = queueOf(['m', 'x', 'm0'], ['m', 'y', 'm1'], ['a', 'y', 'a0', true]);

    expect(queue.remove((item) => item !== 'm1')).toEqual(['m0', 'a0']);
    expect(queue.length).toBe(1);
    expect(drain(queue)).toBe('m1');
  });

  test('takes accounts with heavy work after the others, but at least every fifth time', () => {
    const queue = new FairQueue<string>((account) => account === 'm');
    for (let n = 0; n < 9; n++) queue.push({ account: 'a', line: 'x' }, `a${n}`);
    for (let n = 0; n < 3; n++) queue.push({ account: 'm', line: 'y' }, `m${n}`);

    expect(drain(queue)).toBe('a0 a1 a2 a3 m0 a4 a5 a6 a7 m1 a8 m2');
  });

  test('checks whether late work may begin now', () => {
    const queue = queueOf(['m', 'x', 'm0', true], ['a', 'y', 'a0']);
    const prompt = (_: string, isLate: boolean) => !isLate;

    expect([queue.hasFor(prompt), queue.shift(prompt), queue.shift(prompt)]).toEqual([true, 'a0', undefined]);
    expect([queue.hasFor(prompt), queue.shift()]).toEqual([false, 'm0']);
  });
});
