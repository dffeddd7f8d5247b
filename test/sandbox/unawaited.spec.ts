import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunResult } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { PATIENT } from '../support/arena.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT, sourceOf } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { TableNetwork } from '../support/table-network.js';
import { UNAWAITED } from './unawaited.js';

const PLACES: [string, () => Promise<Runner>, string][] = [
  ['in the embedded runner', async () => new EmbeddedRunner(1), ''],
  ['in a container', openDockerRunner, ''],
  ['in a process of its own in a container', openDockerRunner, `import 'node:util'; `],
];

for (const [place, open, first] of PLACES) {
  (open === openDockerRunner ? describeWithDocker : describe)(`What a hook does not wait for, ${place}`, () => {
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    // A process for each hook takes its time.
    const all = Object.entries(UNAWAITED).filter((_, i) => !first || i % 6 === 0);

    test.each(all)('%s', async (_, { body, top = '', web, limits, posts, error }) => {
      const executable = executableOf(sourceOf('javascript', body, first + top), 'javascript');
      const result = await runner.run(
        executable,
        INPUT,
        { ...PATIENT, ...limits },
        web ? new TableNetwork(web) : NO_NETWORK,
      );
      if (result.outcome !== 'ok' || first) runner.forget(INPUT);

      expect(result.error).toEqual(
        error && expect.objectContaining({ code: error.code, detail: expect.stringMatching(error.detail) }),
      );
      expect(textsOf(result)).toEqual(posts ?? []);
      expect(result.state).toBeUndefined();
    });
  });
}

describeWithDocker('What a hook started of Node and does not wait for', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await openDockerRunner();
  });
  afterAll(() => runner.close());

  const run = async (body: string, top: string) => {
    const result = await runner.run(
      executableOf(sourceOf('javascript', body, top), 'javascript'),
      INPUT,
      PATIENT,
      NO_NETWORK,
    );
    runner.forget(INPUT);
    return result;
  };
  const ZLIB = `import { gzip } from 'node:zlib'; import { EventEmitter } from 'node:events'; import { promisify } from 'node:util';`;

  test('is waited for', async () => {
    const result = await run(`gzip('a', (error, packed) => ctx.post('bot', String(packed.length)));`, ZLIB);

    expect(textsOf(result)).toEqual(['21']);
  });

  test.each([
    ['a callback that throws', `gzip('a', () => { throw new Error('boom') });`],
    [
      'a callback that throws while the hook waits',
      `gzip('a', () => { throw new Error('boom') }); await new Promise(() => {});`,
    ],
    ['a promise of Node’s', `promisify((done) => gzip('a', () => done(new Error('boom'))))();`],
    ['an error event that nobody hears', `gzip('a', () => new EventEmitter().emit('error', new Error('boom')));`],
  ])('fails the hook: %s', async (_, body) => {
    expect((await run(body, ZLIB)).error).toEqual({ code: 'BOT_THREW', detail: expect.stringMatching(/boom/) });
  });
});

const textsOf = ({ effects }: RunResult) => effects.map((effect) => effect.type === 'post' && effect.body.text);
