import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PYTHON_MODULES } from '../../bot-sdk/modules.js';
import { NO_NETWORK } from '../../src/runtime/runner.js';
import { DockerArena, INPUT, PATIENT, python } from '../support/arena.js';
import { printedInside } from '../support/break-in.js';
import { describeWithDocker } from '../support/sandbox.js';
import { CONSTRUCTS, constructsBot, PROGRAMS, plainScript, programBot } from './python-language.js';

/** So many constructs are one bot: each hook may put out so much and no more. */
const AT_ONCE = 40;
const PARTS = Array.from({ length: Math.ceil(CONSTRUCTS.length / AT_ONCE) }, (_, i) => [
  i * AT_ONCE,
  (i + 1) * AT_ONCE,
]);

type Shown = Record<string, string>;

describeWithDocker('Ordinary Python prints what plain Python prints', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());

  const asBot = async (executed: string): Promise<Shown> => {
    const bot = { ...python(''), modules: [...PYTHON_MODULES], executed };
    const input = { ...INPUT, bot_id: `bot_${randomUUID()}` };
    const result = await arena.runner.run(bot, input, PATIENT, NO_NETWORK);
    arena.runner.forget(input);
    expect(result.error).toBeUndefined();
    return Object.assign({}, ...result.effects.map((effect) => ('body' in effect ? effect.body : {})));
  };
  const plain = async (sources: string[]): Promise<Shown[]> => {
    const script = plainScript(sources);
    const printed = await printedInside(arena.host, arena.label, script);
    try {
      return JSON.parse(printed);
    } catch {
      throw new Error(`plain Python said: ${printed}`);
    }
  };

  test.each(PARTS)('in constructs %i to %i', async (from, to) => {
    const constructs = CONSTRUCTS.slice(from, to);
    const source = constructsBot(constructs);

    const [found, [expected]] = await Promise.all([asBot(source), plain([source])]);

    const named = (shown: Shown = {}) => constructs.map(([name], i) => [name, shown[i]]);
    expect(named(found)).toEqual(named(expected));
    expect(named(found).filter(([, printed]) => !printed || printed.startsWith('! '))).toEqual([]);
  });

  test.each(PROGRAMS)('in a whole program: %s', async (_, code, answers) => {
    const source = programBot(code, answers);

    const [found, [expected]] = await Promise.all([asBot(source), plain([source])]);

    expect(found).toEqual(expected);
    expect(found[0]?.split('\n').length).toBeGreaterThan(5);
    expect(found[0]).not.toMatch(/^! /m);
  });

  test('in a large number of constructs and programs', () => {
    expect(CONSTRUCTS.length).toBeGreaterThan(100);
    expect(PROGRAMS.length).toBeGreaterThanOrEqual(13);
  });
});
