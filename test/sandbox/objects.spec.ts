import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput, type Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type Executable, NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { PYTHON_OBJECTS } from './python-objects.js';
import { SCRIPT_OBJECTS } from './script-objects.js';

const HOOKS = 50;
/** A walk through everything is more than a hook of a game does. */
const LIMITS = { ...DEFAULT_LIMITS, wallMs: 120_000, cpuMs: 60_000, memoryMb: 128 };
const LIGHT: HookInput = { ...INPUT, call: { hook: 'on_timer', name: 'light' } };
const LONG_MS = 400_000;

// Known (SECURITY.md): a Python container that starts on a busy machine has, rarely, other addresses than the rest.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

async function seen(runner: Runner, bot: Executable, input = INPUT): Promise<string> {
  const { ms, ...result } = await runner.run(bot, input, LIMITS, NO_NETWORK);
  return JSON.stringify(result);
}

/** What the first and the fiftieth hook see of one sandbox, and the first of another one. */
async function views(runner: Runner, bot: Executable): Promise<[string, string, string]> {
  const first = await seen(runner, bot);
  for (let i = 2; i < HOOKS; i++) await seen(runner, bot, LIGHT);
  const fiftieth = await seen(runner, bot);
  runner.forget(INPUT);
  const elsewhere = await seen(runner, bot);
  runner.forget(INPUT);
  return [first, fiftieth, elsewhere];
}

/** Which parts differ, so that a failure does not print everything. */
function differences(one: string, other: string): string[] {
  const [parts, others] = [partsOf(one), partsOf(other)];
  return [...new Set([...parts.keys(), ...others.keys()])].filter((name) => parts.get(name) !== others.get(name));
}

function partsOf(result: string): Map<string, string> {
  const { effects, ...rest } = JSON.parse(result) as { effects: { body: object }[] };
  const posted = effects.flatMap(({ body }) => Object.entries(body));
  const told = posted.flatMap(([name, value]) => (name === 'told' ? Object.entries(value) : [[name, value]]));
  return new Map([...told, ...Object.entries(rest)].map(([name, value]) => [String(name), JSON.stringify(value)]));
}

async function expectTheSame(runner: Runner, language: Language, source: string) {
  const [first, fiftieth, elsewhere] = await views(runner, executableOf(source, language));

  expect(first.slice(0, 300)).toContain('"outcome":"ok"');
  expect(partsOf(first).size).toBeGreaterThan(50);
  expect(differences(first, fiftieth)).toEqual([]);
  expect(differences(first, elsewhere)).toEqual([]);
  expect([fiftieth === first, elsewhere === first]).toEqual([true, true]);
}

describe('In the embedded runner', () => {
  let runner: Runner;
  beforeAll(() => {
    runner = new EmbeddedRunner(2);
  });
  afterAll(() => runner.close());

  test(
    'all JavaScript objects look the same in the first and the fiftieth hook, and in another engine',
    () => expectTheSame(runner, 'javascript', SCRIPT_OBJECTS),
    LONG_MS,
  );
});

describeWithDocker('In containers', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await openDockerRunner();
  });
  afterAll(() => runner.close());

  test.each<[string, Language, string]>([
    ['Python', 'python', PYTHON_OBJECTS],
    ['JavaScript', 'javascript', SCRIPT_OBJECTS],
  ])(
    'all objects of %s look the same in the first and the fiftieth hook, and in another container',
    (_, language, source) => expectTheSame(runner, language, source),
    LONG_MS,
  );
});
