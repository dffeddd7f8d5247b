import { describe, expect, test } from '@jest/globals';
import { logWhileOverdue } from './overdue.js';

/** Hears the log, and can be waited for. */
function listener() {
  const lines: [object, string][] = [];
  const listening = { heard: () => {} };
  const next = () => new Promise<void>((resolve) => Object.assign(listening, { heard: resolve }));
  const warn = (fields: object, text: string) => {
    lines.push([fields, text]);
    listening.heard();
  };
  return { log: { warn } as never, lines, next };
}

describe('A hook that is due', () => {
  test('is logged repeatedly until it is done, and its result is returned', async () => {
    const { log, lines, next } = listener();
    let resolve = (_: string) => {};
    const promise = new Promise<string>((done) => {
      resolve = done;
    });
    const first = next();
    const keepAlive = setInterval(() => {}, 1_000);
    const watched = logWhileOverdue(log, { channel: 'chn_x', bot: 'bot_x', hook: 'on_message' }, () => promise, 1);
    await first;
    await next();
    resolve('done');

    expect(await watched).toBe('done');
    clearInterval(keepAlive);
    const told = lines.length;
    expect(lines[0]).toEqual([
      { channel: 'chn_x', bot: 'bot_x', hook: 'on_message', waited_ms: expect.any(Number) },
      'a hook is overdue',
    ]);
    await new Promise((done) => setTimeout(done, 20));
    expect(lines).toHaveLength(told);
  });

  test('that fails is no longer logged, and its error is passed on', async () => {
    const { log, lines } = listener();
    const failing = logWhileOverdue(log, {}, () => Promise.reject(new Error('no')), 1);

    await expect(failing).rejects.toThrow('no');
    await new Promise((done) => setTimeout(done, 20));
    expect(lines).toEqual([]);
  });
});
