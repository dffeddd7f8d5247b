import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FairThreads } from './fair-threads.js';

const folder = mkdtempSync(join(tmpdir(), 'threads-'));
const file = join(folder, 'worker.mjs');
beforeAll(() => {
  const worker = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (text) => { while (text === 'endless'); parentPort.postMessage(text + '!'); });
    parentPort.postMessage('ready');`;
  writeFileSync(file, worker);
});
afterAll(() => rmSync(folder, { recursive: true }));

const open = (count: number) => {
  const threads = new FairThreads<string, string>(pathToFileURL(file), {}, count);
  return Object.assign(threads, { [Symbol.asyncDispose]: () => threads.stop() });
};

describe('Threads that accounts share', () => {
  test('serve accounts in turn', async () => {
    await using threads = open(1);
    const order: string[] = [];
    const ask = (account: string) => threads.ask(account, account, 60_000).then(() => order.push(account));

    await Promise.all(['m', 'm', 'm', 'm', 'a', 'b', 'a'].map(ask));

    // The first was running before the others were requested.
    expect(order).toEqual(['m', 'm', 'a', 'b', 'm', 'a', 'm']);
  });

  test('are never all used by one account', async () => {
    await using threads = open(2);
    const ended: string[] = [];
    const ask = (account: string, text: string, ms: number) =>
      threads.ask(account, text, ms).then(
        () => ended.push(account),
        () => ended.push(`${account} late`),
      );
    const endless = [1, 2, 3].map(() => ask('m', 'endless', 3_000));

    await Promise.all([1, 2, 3].map(() => ask('a', 'good', 60_000)));

    expect(ended).toEqual(expect.arrayContaining(['a', 'a', 'a']));
    expect(ended.filter((each) => each === 'm late').length).toBeLessThan(3);
    await threads.stop();
    await Promise.all(endless);
  });

  test('do not begin a task that may not start any more when its turn comes', async () => {
    await using threads = open(1);
    let turns = 0;
    const assertFewTurns = () => {
      turns += 1;
      if (turns > 1) throw new Error('not now');
    };

    const asked = ['one', 'two'].map((text) => threads.ask('m', text, 60_000, assertFewTurns));

    expect(await asked[0]).toBe('one!');
    await expect(asked[1]).rejects.toThrow('not now');
    expect(await threads.ask('m', 'three', 60_000)).toBe('three!');
  });

  test('reject waiting tasks when they are stopped', async () => {
    const threads = open(1);
    const left = [1, 2].map(() => threads.ask('m', 'endless', 60_000));
    const outcomes = Promise.allSettled(left);

    await threads.stop();

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
