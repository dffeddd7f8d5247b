import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { readAll } from '../support/game.js';
import { IS_WHOLE } from '../support/portion.js';
import { eventually } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, startSandboxed } from '../support/sandboxed-server.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOST = 'api.test';
/** Few enough that no bot comes near its time limit while all containers start at once on a busy machine. */
const CHANNELS = IS_WHOLE ? 20 : 8;

/** They count what they answered, and are busy for long enough that a crash finds all of them so. */
const JAVASCRIPT = `const SLOW = 'https://${HOST}/slow?ms=1500';
export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage(msg) {
    const { n = 0 } = this.ctx.getState();
    this.ctx.post('bot', { type: 'answer', to: msg.body.text, n: n + 1, half: 1 });
    await fetch(SLOW);
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('bot', { type: 'answer', to: msg.body.text, n: n + 1, half: 2 });
  }
}`;
const PYTHON = `import requests
SLOW = 'https://${HOST}/slow?ms=1500'
class Counter:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        n = self.ctx.get_state().get('n', 0) + 1
        self.ctx.post('bot', {'type': 'answer', 'to': msg['body']['text'], 'n': n, 'half': 1})
        requests.get(SLOW)
        self.ctx.set_state({'n': n})
        self.ctx.post('bot', {'type': 'answer', 'to': msg['body']['text'], 'n': n, 'half': 2})
`;

describeWithDocker('A server that is killed while its bots are busy', () => {
  let fixture: TlsFixture;
  beforeAll(async () => {
    fixture = await TlsFixture.start([HOST]);
  });
  afterAll(() => fixture[Symbol.asyncDispose]());

  test.each(DOORS)(
    'leaves no container behind, and no effect of a hook is missing or doubled, over %s',
    async (_, door) => {
      const egress = { EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile };
      await using server = await startSandboxed({ ...IN_CONTAINERS, ...egress });
      await using alice = await door(server, 'alice');
      const channels: string[] = [];
      for (let i = 0; i < CHANNELS; i++) {
        const slots = ['bot:counter', 'invite:alice'];
        const channel = { name: `Counter ${i}`, slots, bot_code: i % 2 ? PYTHON : JAVASCRIPT };
        const { channel_id, invites } = await alice.call('create_channel', channel);
        await alice.call('join_channel', { invite_code: invites[0] });
        channels.push(channel_id);
      }
      const asked = () => fixture.hits.get('/slow') ?? 0;
      const before = asked();
      const postToAll = (body: string) =>
        Promise.all(channels.map((channel_id) => alice.call('post_message', { channel_id, body, wait_ms: 0 })));

      await postToAll('one');
      await postToAll('two');
      await eventually(async () => asked() - before >= CHANNELS);
      const first = await server.containers();
      await server.crashAndRestart();
      await postToAll('three');

      expect(first.length).toBeGreaterThanOrEqual(CHANNELS);
      expect((await server.containers()).filter((id) => first.includes(id))).toEqual([]);
      for (const id of channels) {
        const answers = await eventually(() => answersIn(alice, id, 6));
        expect(answers).toEqual(
          ['one', 'two', 'three'].flatMap((to, i) => [1, 2].map((half) => ({ type: 'answer', to, n: i + 1, half }))),
        );
      }
      // As many as were asked for again: each hook that had not been committed, once.
      expect(asked() - before).toBeLessThanOrEqual(4 * CHANNELS);
      for (const id of channels) {
        const { bots } = await alice.call('who', { channel_id: id });
        expect(bots[0].state_version).toBe(3);
      }
    },
    180_000,
  );
});

async function answersIn(person: Person, channelId: string, count: number) {
  const messages = await readAll(person, channelId);
  // After a failed hook the number of answers is never reached.
  expect(messages.filter(({ body }) => body.type === 'bot:error')).toEqual([]);
  const answers = messages.filter(({ body }) => body.type === 'answer');
  if (answers.length < count) return false;
  return answers.map(({ body: { type, to, n, half } }) => ({ type, to, n, half }));
}
