import { afterAll, beforeAll, describe, test } from '@jest/globals';
import {
  Arena,
  BRIEF,
  DockerArena,
  expectEnding,
  javascript,
  javascriptTogether,
  PATIENT,
} from '../../support/arena.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { JAVASCRIPT_ATTACKS } from './javascript-attacks.js';

describe('In the embedded runner, an attack only ends its own run', () => {
  const arena = Arena.embedded();
  afterAll(() => arena[Symbol.asyncDispose]());

  test.each(JAVASCRIPT_ATTACKS)('%s', async (_, body, ending) => {
    expectEnding(await arena.attack(javascript(body), { limits: limitsFor(ending) }), ending);
  });
});

describeWithDocker('In a container, an attack only ends its own run', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());
  const together = javascriptTogether(JAVASCRIPT_ATTACKS.map(([, body]) => body));

  test.each(JAVASCRIPT_ATTACKS)('%s', async (_, body, common, ending = common) => {
    const [bot, attempt] = together(body);

    expectEnding(await arena.attack(bot, { ...attempt, limits: limitsFor(ending) }), ending);
  });
});

const limitsFor = ([outcome]: readonly string[]) => (outcome === 'timed_out' ? BRIEF : PATIENT);
