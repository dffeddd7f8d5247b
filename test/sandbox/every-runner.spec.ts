import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type JsonObject, type Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type Executable, type NetworkAccess, NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT, sourceOf, sourceOfAll } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { addressOf, TableNetwork } from '../support/table-network.js';
import { type Behaviour, BEHAVIOURS as TABLE } from './behaviours.js';

const BEHAVIOURS = Object.entries(TABLE);
const codeOf = ({ js, py }: Behaviour, language: Language) => (language === 'python' ? py : js);

/** How a behaviour is brought about: by a bot that has others as well, which params tell apart, or by one of its own. */
interface Staged {
  readonly executable: Executable;
  readonly bot_id: string;
  readonly params: JsonObject;
}

/** Behaviours share a bot, and with it a container, unless they look at its source or params; whether there is a network is told to a container at its start. */
function stage(language: Language): (behaviour: Behaviour) => Staged {
  const known = BEHAVIOURS.map(([, behaviour]) => behaviour).filter((behaviour) => codeOf(behaviour, language));
  const isAlone = ({ top, input, isAlone }: Behaviour) => top !== undefined || input?.params !== undefined || isAlone;
  const shared = [known.filter(({ web }) => web), known.filter(({ web }) => !web)].map((all) => {
    const together = all.filter((behaviour) => !isAlone(behaviour));
    const source = sourceOfAll(
      language,
      together.map((behaviour) => codeOf(behaviour, language) ?? ''),
    );
    return { together, executable: executableOf(source, language) };
  });
  return (behaviour) => {
    const found = shared.findIndex(({ together }) => together.includes(behaviour));
    const { together, executable } = shared[found] ?? {};
    if (together && executable)
      return { executable, bot_id: `bot_shared_${found}`, params: { does: together.indexOf(behaviour) } };
    const source = sourceOf(language, codeOf(behaviour, language) ?? '', behaviour.top);
    return { executable: executableOf(source, language), bot_id: INPUT.bot_id, params: behaviour.input?.params ?? {} };
  };
}

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
    const staged = stage(language);
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    test.each(BEHAVIOURS.filter(([, behaviour]) => codeOf(behaviour, language)))('%s', async (_, behaviour) => {
      const { input, limits, web, asks = [], expected } = behaviour;
      const { executable, ...bot } = staged(behaviour);
      const hook = { ...INPUT, ...input, ...bot };
      const network = web && new TableNetwork(web);

      const { ms, ...result } = await runner.run(
        executable,
        hook,
        { ...DEFAULT_LIMITS, ...limits },
        network ?? NO_NETWORK,
      );
      if (bot.bot_id === INPUT.bot_id) runner.forget(hook);

      expect(result).toEqual({ logs: [], ...expected });
      expect(network?.asked.map(addressOf) ?? []).toEqual(asks);
    });
  });
}

describeWithDocker('The CPU time of a hook in a container', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await openDockerRunner();
  });
  afterAll(() => runner.close());

  const run = (language: Language, code: string, network: NetworkAccess) => {
    const limits = { ...DEFAULT_LIMITS, wallMs: 50_000, cpuMs: 300 };
    return runner.run(executableOf(sourceOf(language, code), language), INPUT, limits, network);
  };

  test.each<[Language, string]>([
    ['javascript', 'for (;;);'],
    ['python', 'while True: pass'],
  ])('ends a loop long before the wall limit: %s', async (language, code) => {
    const result = await run(language, code, NO_NETWORK);

    expect(result).toMatchObject({ outcome: 'timed_out', error: { code: 'TIMEOUT' } });
    expect(result.ms).toBeLessThan(25_000);
  });

  test.each<[Language, string]>([
    ['javascript', `await fetch('https://a.test/');`],
    ['python', `ctx.fetch('https://a.test/')`],
  ])('does not include waiting: %s', async (language, code) => {
    const result = await run(language, code, new TableNetwork({ 'https://a.test/': {} }, [1_500]));

    expect(result.outcome).toBe('ok');
    expect(result.ms).toBeGreaterThan(1_400);
  });
});

async function openEmbedded() {
  return new EmbeddedRunner(2);
}
