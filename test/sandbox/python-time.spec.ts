import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithPython, INPUT, PythonHarness } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('Time', () => {
    test.each([
      ['time.time()', 'while time.time() < time.time() + 5: pass'],
      ['time.monotonic()', 'end = time.monotonic() + 5\nwhile time.monotonic() < end: pass'],
      ['perf_counter_ns', 'while time.perf_counter_ns() < 10 ** 9: time.sleep(0)'],
      [
        'datetime.now()',
        'end = datetime.datetime.now() + datetime.timedelta(seconds=1)\nwhile datetime.datetime.now() < end: pass',
      ],
      [
        'the loop',
        'import asyncio\nasync def go():\n    while asyncio.get_running_loop().time() < 1: await asyncio.sleep(0)\nasyncio.run(go())',
      ],
    ])('does not pass while a bot waits for it with %s, and the error says so', async (_, body) => {
      const { error } = await harness.init(`import time, datetime\n${body}\nit = 1`, {
        limits: { wallMs: 30_000, cpuMs: 30_000 },
      });

      expect(error).toMatchObject({
        code: 'BOT_THREW',
        detail: expect.stringContaining('clocks stand still during a hook'),
      });
    });

    test('advances by the duration of a sleep, without real waiting', async () => {
      const { it, error } = await harness.init(
        'import asyncio, time, datetime\nat = [time.time(), time.monotonic(), datetime.datetime.now(), time.time_ns()]\n' +
          'time.sleep(3600.25)\nasyncio.run(asyncio.sleep(60))\n' +
          'it = [time.time() - at[0], time.monotonic() - at[1], (datetime.datetime.now() - at[2]).total_seconds(), time.time_ns() - at[3], ctx.now]',
      );

      expect(error ?? it).toEqual([3660.25, 3660.25, 3660.25, 3_660_250_000_000, INPUT.now]);
    });

    test.each([
      ['time.sleep(-1)', 'ValueError: sleep length must be non-negative'],
      ['time.sleep("a")', "TypeError: 'str' object cannot be interpreted as an integer"],
      ['time.sleep(1e12)', 'OverflowError: timestamp too large to convert to C _PyTime_t'],
    ])('%s is refused as in Python', async (call, detail) => {
      expect((await harness.init(`import time\n${call}`)).error?.detail).toContain(detail);
    });
    test.each([
      ['time.time()', 1_795_176_000.123],
      ['time.time_ns() // 1000000', 1_795_176_000_123],
      ['time.strftime("%Y-%m-%d %H:%M")', '2026-11-20 12:00'],
      ['time.gmtime().tm_hour', 12],
      ['time.monotonic() + time.perf_counter() + time.process_time()', 0],
      ['str(datetime.datetime.now())', '2026-11-20 12:00:00.123000'],
      ['str(datetime.datetime.utcnow())', '2026-11-20 12:00:00.123000'],
      ['datetime.datetime.now(datetime.timezone.utc).isoformat()', '2026-11-20T12:00:00.123000+00:00'],
      ['str(datetime.datetime.today())', '2026-11-20 12:00:00.123000'],
      ['str(datetime.date.today())', '2026-11-20'],
      ['str(datetime.datetime.strptime("2020-02", "%Y-%m"))', '2020-02-01 00:00:00'],
      ['ctx.now', '2026-11-20T12:00:00.123Z'],
    ])('of %s is that of the event', async (expression, expected) => {
      const { it, error } = await harness.init(`import time, datetime\nit = ${expression}`);

      expect(error ?? it).toEqual(expected);
    });
  });
});
