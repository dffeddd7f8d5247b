import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_WAY, type Runner, type Way } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT, sourceOf } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { addressOf, TableWay } from '../support/way.js';
import { type Behaviour, BEHAVIOURS as TABLE } from './behaviours.js';

const BEHAVIOURS = Object.entries(TABLE);
const codeOf = ({ js, py }: Behaviour, language: Language) => (language === 'python' ? py : js);

const PLACES: [string, Language, () => Promise<Runner>][] = [
  ['JavaScript in the embedded runner', 'javascript', openEmbedded],
  ['TypeScript in the embedded runner', 'typescript', openEmbedded],
  ['JavaScript in a container', 'javascript', openDockerRunner],
  ['TypeScript in a container', 'typescript', openDockerRunner],
  ['Python in a container', 'python', openDockerRunner],
];

for (const [place, language, open] of PLACES) {
  const describeHere = open === openDockerRunner ? describeWithDocker : describe;

  describeHere(place, () => {
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    test.each(BEHAVIOURS.filter(([, behaviour]) => codeOf(behaviour, language)))('%s', async (_, behaviour) => {
      const { top, input, limits, web, asks = [], expected } = behaviour;
      const executable = executableOf(sourceOf(language, codeOf(behaviour, language) ?? '', top), language);
      const hook = { ...INPUT, ...input };
      const way = web && new TableWay(web);

      const { ms, ...result } = await runner.run(executable, hook, { ...DEFAULT_LIMITS, ...limits }, way ?? NO_WAY);
      runner.forget(hook);

      expect(result).toEqual({ logs: [], ...expected });
      expect(way?.asked.map(addressOf) ?? []).toEqual(asks);
    });
  });
}

describeWithDocker('The CPU time of a hook in a container', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await openDockerRunner();
  });
  afterAll(() => runner.close());

  const run = (language: Language, code: string, way: Way) => {
    const limits = { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 300 };
    return runner.run(executableOf(sourceOf(language, code), language), INPUT, limits, way);
  };

  test.each<[Language, string]>([
    ['javascript', 'for (;;);'],
    ['python', 'while True: pass'],
  ])('ends a loop long before the wall limit: %s', async (language, code) => {
    const result = await run(language, code, NO_WAY);

    expect(result).toMatchObject({ outcome: 'timed_out', error: { code: 'TIMEOUT' } });
    expect(result.ms).toBeLessThan(25_000);
  });

  test.each<[Language, string]>([
    ['javascript', `await fetch('https://a.test/');`],
    ['python', `ctx.fetch('https://a.test/')`],
  ])('is not used up by waiting: %s', async (language, code) => {
    const result = await run(language, code, new TableWay({ 'https://a.test/': {} }, [1_500]));

    expect(result.outcome).toBe('ok');
    expect(result.ms).toBeGreaterThan(1_400);
  });
});

async function openEmbedded() {
  return new EmbeddedRunner(2);
}
