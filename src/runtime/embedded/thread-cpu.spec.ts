import { expect, test } from '@jest/globals';
import { cachedCpuClock, threadCpuMs } from './thread-cpu.js';

test('A clock that is read often reads the real one only if the budget may be used up', () => {
  let [now, used, reads] = [0, 0, 0];
  const read = () => {
    reads += 1;
    return used;
  };
  const clock = cachedCpuClock(100, read, () => now);
  reads = 0;

  for (now = 0; now < 100; now++) clock();
  expect(reads).toBe(0);
  used = 30;
  now = 110;
  expect(clock()).toBe(30);
  // From here at most seventy more milliseconds can have been used.
  now = 175;
  expect([clock() <= 100, reads]).toEqual([true, 1]);
  used = 101;
  now = 300;
  expect([clock(), reads]).toEqual([101, 2]);
});

test('The CPU time of a thread is known on Linux, and increases with its work', () => {
  const clock = threadCpuMs ?? (() => performance.now());
  const before = clock();
  for (let i = 0; clock() <= before; i++) if (i > 1e7) break;

  expect(clock()).toBeGreaterThan(before);
  expect(threadCpuMs !== undefined || process.platform !== 'linux').toBe(true);
});
