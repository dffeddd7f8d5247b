import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type RunResult } from '../../bot-sdk/contract.js';
import { checkParams } from '../../bot-sdk/params.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type Executable, NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT } from '../support/inline-bot.js';
import { playOn } from '../support/play-on.js';
import { sizeOf } from '../support/portion.js';
import { describeWithDocker } from '../support/sandbox.js';
import { ALIKE, JAVASCRIPT_ALONE, PYTHON } from './deterministic-bots.js';
import { OBSERVABLES } from './observables.js';
import type { Bot } from './probing-bots.js';

const PRESETS = readdirSync('bot-presets', { withFileTypes: true }).flatMap((entry): Bot[] => {
  if (!entry.isDirectory()) return [];
  const [source, manifest] = ['bot.js', 'manifest.json'].map((file) =>
    readFileSync(join('bot-presets', entry.name, file), 'utf8'),
  ) as [string, string];
  const params = checkParams(JSON.parse(manifest).params);
  return [{ name: entry.name, language: 'javascript', source, params, probes: [] }];
});

/** Each bot as a whole, and each of its probes. */
const rowsOf = (bots: Bot[]) =>
  bots.flatMap((bot) => [bot.name, ...bot.probes].map((name): [name: string, bot: Bot] => [name, bot]));

/** An evening in which nothing happened would be the same again without proving anything. */
function expectSomething(evening: string, name: string) {
  expect(evening).toContain('"type":"post"');
  if (PRESETS.some((preset) => preset.name === name)) expect(evening).not.toContain('BOT_THREW');
}

/** What the probe of this name did in each hook of an evening, or all that the bot did. */
function partOf(evening: string, name: string, bot: Bot): string {
  if (name === bot.name) return evening;
  const hooks = JSON.parse(evening) as RunResult[];
  return JSON.stringify(hooks.flatMap(({ effects }) => partsOf(effects).get(name) ?? []));
}

function partsOf(effects: RunResult['effects']): Map<unknown, RunResult['effects']> {
  const parts = new Map<unknown, RunResult['effects']>();
  let name: unknown;
  for (const effect of effects) {
    const probe = effect.type === 'post' ? effect.body.probe : undefined;
    if (probe === undefined) parts.get(name)?.push(effect);
    else parts.set(probe, []);
    name = probe ?? name;
  }
  return parts;
}

/** Plays an evening with a bot so often, each time in a sandbox of its own but the first two, and only once for all tests. */
function evenings(runner: () => Runner, count: number): (bot: Bot) => Promise<string[]> {
  const played = new Map<Bot, Promise<string[]>>();
  const play = async ({ language, source, params }: Bot) => {
    const bot = executableOf(source, language);
    const all: string[] = [];
    for (let n = 1; n <= count; n++) {
      all.push(await playOn(runner(), bot, params));
      if (n > 1) runner().forget(INPUT);
    }
    return all;
  };
  return (bot) => {
    const known = played.get(bot) ?? play(bot);
    played.set(bot, known);
    return known;
  };
}

/** A long program: each of its hooks looks at all there is, some of them in a process of Node of their own. */
const HOOKS = sizeOf(50);
const LONG_MS = 300_000;

/** What came of the first and of the last of the same hook, in a container of its own. */
async function firstAndLast(runner: Runner, bot: Executable): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < HOOKS; i++) {
    const { ms, ...result } = await runner.run(bot, INPUT, DEFAULT_LIMITS, NO_NETWORK);
    outcomes.push(JSON.stringify(result));
  }
  runner.forget(INPUT);
  return [outcomes[0] as string, outcomes[HOOKS - 1] as string];
}

let embedded: Runner;
beforeAll(() => {
  embedded = new EmbeddedRunner(2);
});
afterAll(() => embedded.close());
const embeddedEvenings = evenings(() => embedded, 2);

describe('In the embedded runner', () => {
  test.each(rowsOf([...PRESETS, ...ALIKE, ...JAVASCRIPT_ALONE]))('%s gives the same bytes again', async (name, bot) => {
    const [first, again] = (await embeddedEvenings(bot)).map((evening) => partOf(evening, name, bot));

    expectSomething(first as string, name);
    expect(again).toBe(first);
  });
});

describeWithDocker('In containers', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await openDockerRunner();
  });
  afterAll(() => runner.close());
  const containedEvenings = evenings(() => runner, 3);

  test.each(rowsOf([...PRESETS, ...ALIKE, ...JAVASCRIPT_ALONE, ...PYTHON]))(
    '%s gives the same bytes again, in the same container and in another one',
    async (name, bot) => {
      const [first, again, elsewhere] = (await containedEvenings(bot)).map((evening) => partOf(evening, name, bot));

      expectSomething(first as string, name);
      expect(again).toBe(first);
      expect(elsewhere).toBe(first);
    },
  );

  test.each(OBSERVABLES.map((bot) => [bot.name, bot] as const))(
    `%s: the first and the last of ${HOOKS} hooks give the same result, in two containers`,
    async (_, { language, source, probes }) => {
      const bot = executableOf(source, language);

      const [first, last] = await firstAndLast(runner, bot);
      const elsewhere = await firstAndLast(runner, bot);

      expect(first).toContain(probes.length ? '"outcome":"ok"' : 'KeyError');
      for (const name of probes) expect(first).toContain(`{"probe":${JSON.stringify(name)}}`);
      expect(last).toBe(first);
      expect(elsewhere).toEqual([first, first]);
    },
    LONG_MS,
  );

  test.each(rowsOf([...PRESETS, ...ALIKE]))('%s gives the same result as in the embedded runner', async (name, bot) => {
    const [inside, outside] = await Promise.all([containedEvenings(bot), embeddedEvenings(bot)]);

    expect(partOf(inside[0] as string, name, bot)).toBe(partOf(outside[0] as string, name, bot));
  });
});
