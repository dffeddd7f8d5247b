import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../bot-sdk/contract.js';
import { checkParams } from '../../bot-sdk/params.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type Executable, NO_WAY, type Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT } from '../support/inline-bot.js';
import { playOn } from '../support/play-on.js';
import { describeWithDocker } from '../support/sandbox.js';
import { ALIKE, type Bot, JAVASCRIPT_ALONE, PYTHON } from './deterministic-bots.js';
import { OBSERVABLES } from './observables.js';

const PRESETS = readdirSync('bot-presets', { withFileTypes: true }).flatMap((entry): Bot[] => {
  if (!entry.isDirectory()) return [];
  const [source, manifest] = ['bot.js', 'manifest.json'].map((file) =>
    readFileSync(join('bot-presets', entry.name, file), 'utf8'),
  ) as [string, string];
  return [[entry.name, 'javascript', source, checkParams(JSON.parse(manifest).params)]];
});

/** An evening in which nothing happened would be the same again without proving anything. */
function expectSomething(evening: string, name: string) {
  expect(evening).toContain('"type":"post"');
  if (PRESETS.some(([preset]) => preset === name)) expect(evening).not.toContain('BOT_THREW');
}

const HOOKS = 50;

/** What came of the first and of the fiftieth of the same hook, in a container of its own. */
async function firstAndLast(runner: Runner, bot: Executable): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < HOOKS; i++) {
    const { ms, ...result } = await runner.run(bot, INPUT, DEFAULT_LIMITS, NO_WAY);
    outcomes.push(JSON.stringify(result));
  }
  runner.forget(INPUT);
  return [outcomes[0] as string, outcomes[HOOKS - 1] as string];
}

describe('In the embedded runner', () => {
  let runner: Runner;
  beforeAll(() => {
    runner = new EmbeddedRunner(2);
  });
  afterAll(() => runner.close());

  test.each([...PRESETS, ...ALIKE, ...JAVASCRIPT_ALONE])(
    '%s does the same again, byte for byte',
    async (name, language, source, params) => {
      const bot = executableOf(source, language);

      const first = await playOn(runner, bot, params);
      const again = await playOn(runner, bot, params);

      expectSomething(first, name);
      expect(again).toBe(first);
    },
  );
});

describeWithDocker('In containers', () => {
  let runner: Runner;
  let embedded: Runner;
  beforeAll(async () => {
    [runner, embedded] = [await openDockerRunner(), new EmbeddedRunner(2)];
  });
  afterAll(() => Promise.all([runner.close(), embedded.close()]));

  test.each([...PRESETS, ...ALIKE, ...JAVASCRIPT_ALONE, ...PYTHON])(
    '%s does the same again, byte for byte, in the same container and in another one',
    async (name, language, source, params) => {
      const bot = executableOf(source, language);

      const first = await playOn(runner, bot, params);
      const again = await playOn(runner, bot, params);
      runner.forget(INPUT);
      const elsewhere = await playOn(runner, bot, params);

      expectSomething(first, name);
      expect(again).toBe(first);
      expect(elsewhere).toBe(first);
    },
  );

  test.each(OBSERVABLES)(
    '%s: the first and the fiftieth hook see the same, in two containers',
    async (_, [, language, source], probes) => {
      const bot = executableOf(source, language);

      const [first, fiftieth] = await firstAndLast(runner, bot);
      const elsewhere = await firstAndLast(runner, bot);

      expect(first).toContain(probes.length ? '"outcome":"ok"' : 'KeyError');
      for (const name of probes) expect(first).toContain(`{"probe":${JSON.stringify(name)}}`);
      expect(fiftieth).toBe(first);
      expect(elsewhere).toEqual([first, first]);
    },
  );

  test.each([...PRESETS, ...ALIKE])(
    '%s does what it does in the embedded runner',
    async (_, language, source, params) => {
      const bot = executableOf(source, language);

      const [inside, outside] = await Promise.all([playOn(runner, bot, params), playOn(embedded, bot, params)]);

      expect(inside).toBe(outside);
    },
  );
});
