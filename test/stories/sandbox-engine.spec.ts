import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../support/doors.js';
import { EngineProxy } from '../support/engine-proxy.js';
import { type Message, ofType, readAll, say } from '../support/game.js';
import { eventually, openRoom, type Room, refusal } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, startSandboxed } from '../support/sandboxed-server.js';
import { type RunningServer, startServer } from '../support/server.js';

const NOWHERE = { SANDBOX_ENGINES: 'unix:///nonexistent/engine.sock' };
const [, restDoor] = DOORS[0] as [string, Door];

const JAVASCRIPT = `class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { const { n = 0 } = this.ctx.getState(); this.ctx.setState({ n: n + 1 }); this.ctx.post('bot', { n: n + 1 }); }
}`;
const PYTHON = `class Counter:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        n = self.ctx.get_state().get('n', 0) + 1
        self.ctx.set_state({'n': n})
        self.ctx.post('bot', {'n': n})
`;

const ask = async ({ alice, id }: Room) => {
  const { replies } = await alice.call('post_message', { channel_id: id, body: 'count', wait_ms: 30_000 });
  return replies.map(({ body }: Message) => body.n ?? body.code);
};

describe('A server without a reachable container engine', () => {
  test('does not start if it requires one, and prints one sentence that says why', async () => {
    await expect(startServer({ ...NOWHERE, SANDBOX: 'docker' })).rejects.toThrow(
      /SANDBOX=docker, but no container engine answers\./,
    );
  });

  describe.each(DOORS)('that does not require one, over %s', (_, door) => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startServer({ ...NOWHERE, SANDBOX: 'auto' });
    });
    afterAll(async () => server[Symbol.asyncDispose]());

    test('runs JavaScript in the embedded runner, and says so in the channel', async () => {
      await using room = await openRoom(server, door, { bot_code: JAVASCRIPT });

      expect(await ask(room)).toEqual([1]);
      const [attach] = ofType(await readAll(room.bob, room.id), 'bot:attach');
      expect(attach?.body.runtime).toMatch(/^quickjs@/);
    });

    test.each([
      ['Python', PYTHON],
      ['a module of Node', `import { URL } from 'node:url';\n${JAVASCRIPT}`],
    ])('refuses %s, and says what to do', async (__, bot_code) => {
      await using alice = await door(server, 'alice');
      const before = await alice.call('list_channels');

      const problem = await refusal(
        alice.call('create_channel', { name: 'Never', slots: ['bot:a', 'invite:b'], bot_code }),
      );

      expect(problem).toMatchObject({
        code: 'SANDBOX_UNAVAILABLE',
        status: 503,
        fix: expect.stringMatching(/JavaScript or TypeScript/),
        languages: ['javascript', 'typescript'],
      });
      expect(await alice.call('list_channels')).toEqual(before);
    });
  });
});

describeWithDocker('A container engine', () => {
  // Each waits for its own server most of the time.
  test.concurrent.each([
    ['JavaScript', JAVASCRIPT],
    ['Python', PYTHON],
  ])(
    'that becomes unreachable makes a bot in %s wait until it is back, and delays nobody else',
    async (_, bot_code) => {
      await using engine = await EngineProxy.start();
      await using server = await startSandboxed({ ...IN_CONTAINERS, SANDBOX_ENGINES: engine.address });
      await using room = await openRoom(server, restDoor, { bot_code });
      await using game = await openRoom(server, restDoor, { bot_preset: 'GuessBot' });
      const first = await ask(room);
      // The bot's own, and one of each language that waits.
      const lost = await eventually(async () => {
        const ids = await server.containers();
        return ids.length === 3 && ids;
      });

      await engine.cut();
      const during = await ask(room);
      const guessed = await say(game.alice, game.id, 'guess 50');
      const unseen = { name: 'Never', slots: ['bot:a', 'invite:b'], bot_code: `${PYTHON}# another` };
      const refused = await refusal(room.alice.call('create_channel', unseen));
      const ready = await fetch(`${server.url}/readyz`);
      await engine.restore();
      const late = await ask(room);
      const answers = await eventually(async () => {
        const said = (await readAll(room.bob, room.id)).flatMap(({ body }) => body.n ?? []);
        return said.length === 3 && said;
      });
      await eventually(async () => (await server.containers()).every((id) => !lost.includes(id)));

      expect(first).toEqual([1]);
      expect(during).toEqual(['SANDBOX_UNAVAILABLE']);
      expect(ofType(guessed, 'judge')).toHaveLength(1);
      expect(refused).toMatchObject({ code: 'SANDBOX_UNAVAILABLE' });
      expect([ready.status, ((await ready.json()) as { sandbox: string }).sandbox]).toEqual([
        503,
        'docker: no container can be started',
      ]);
      // The hook that found no sandbox was not lost: it ran first, and each hook once.
      expect(late.filter((answer: unknown) => answer === 'SANDBOX_UNAVAILABLE')).toEqual([]);
      expect(answers).toEqual([1, 2, 3]);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
    },
    // What could not be removed is tried again up to a minute later.
    300_000,
  );

  test.each(DOORS)(
    'that is no longer used after a restart leaves JavaScript bots running, over %s',
    async (_, door) => {
      const env: Record<string, string> = { ...IN_CONTAINERS };
      await using server = await startSandboxed(env);
      await using room = await openRoom(server, door, { bot_code: JAVASCRIPT });
      await using other = await openRoom(server, door, { bot_code: PYTHON });
      const before = [await ask(room), await ask(other)];

      await server.stop();
      const left = await server.containers();
      env.SANDBOX = 'embedded';
      await server.start();
      const after = [await ask(room), await ask(other)];

      expect(before).toEqual([[1], [1]]);
      expect(left).toEqual([]);
      expect(after).toEqual([[2], ['SANDBOX_UNAVAILABLE']]);
      const messages = await readAll(room.bob, room.id);
      const [attach] = ofType(messages, 'bot:attach');
      expect(ofType(messages, 'bot:runtime').map(({ body }) => body)).toMatchObject([
        {
          code_hash: attach?.body.code_hash,
          old_bundle_hash: attach?.body.bundle_hash,
          runtime: expect.stringMatching(/^quickjs@/),
        },
      ]);
    },
  );
});
