import { expect, test } from '@jest/globals';
import { sandboxLabel } from '../../../src/runtime/docker/sandbox-label.js';
import { SANDBOX_LABEL } from '../../../src/runtime/docker/sandbox-scheduler.js';
import { NO_NETWORK, NO_PRIORITY } from '../../../src/runtime/runner.js';
import { DockerArena, INPUT, javascript, openBerth, PATIENT, posted } from '../../support/arena.js';
import { DOORS } from '../../support/doors.js';
import { eventually, openRoom } from '../../support/rooms.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { startServer } from '../../support/server.js';

const BOT = javascript(`ctx.post('bot', 'still here')`);
const ECHO = `class Echo { constructor(ctx) { this.ctx = ctx; } onMessage({ body }) { this.ctx.post('bot', { echo: body.text }); } }`;
const [[, rest]] = DOORS as [(typeof DOORS)[number]];

describeWithDocker('Many more bots than containers', () => {
  test('take turns by channel, and leave nothing behind', async () => {
    await using arena = await DockerArena.open({ maxContainers: 4, pool: 1 });
    const order: string[] = [];
    const seen: number[] = [];
    const ask = async (channel_id: string, n: number) => {
      const result = await arena.runner.run(BOT, { ...INPUT, channel_id, bot_id: `bot_${n}` }, PATIENT, NO_NETWORK);
      order.push(channel_id);
      seen.push(arena.runner.status.containers);
      return posted(result);
    };

    const crowd = Array.from({ length: 40 }, (_, n) => ask('chn_crowded', n));
    const few = Array.from({ length: 10 }, (_, n) => ask('chn_other', n));
    const answers = await Promise.all([...crowd, ...few]);

    expect(answers).toEqual(Array(50).fill(['still here']));
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    // Who came last and asks for little is done long before who asks for much.
    expect(order.lastIndexOf('chn_other')).toBeLessThan(35);
    expect((await arena.containers()).length).toBeLessThanOrEqual(4);
  });

  test('take turns by account, however many channels one account has', async () => {
    await using arena = await DockerArena.open({ maxContainers: 4, pool: 1 });
    const order: string[] = [];
    const ask = async (account: string, n: number) => {
      const input = { ...INPUT, channel_id: `chn_${account}_${n}` };
      await arena.runner.run(BOT, input, PATIENT, NO_NETWORK, { ...NO_PRIORITY, account });
      order.push(account);
    };

    const crowd = Array.from({ length: 24 }, (_, n) => ask('mallory', n));
    const few = Array.from({ length: 4 }, (_, n) => ask('alice', n));
    await Promise.all([...crowd, ...few]);

    expect(order.lastIndexOf('alice')).toBeLessThan(16);
  });

  test('of one account leave a container for another, and few are started at once', async () => {
    await using arena = await DockerArena.open({ maxContainers: 8, pool: 0 });
    const ended: string[] = [];
    const seen: number[] = [];
    const ask = async (account: string, n: number, executable = BOT) => {
      const input = { ...INPUT, channel_id: `chn_${account}_${n}` };
      const turn = { ...NO_PRIORITY, account, waits: () => seen.push(arena.runner.status.starting) };
      await arena.runner.run(executable, input, { ...PATIENT, wallMs: 20_000 }, NO_NETWORK, turn);
      ended.push(account);
    };
    const crowd = Array.from({ length: 12 }, (_, n) => ask('mallory', n, javascript('for (;;);')));

    const few = [0, 1, 2].map((n) => ask('alice', n));
    seen.push(arena.runner.status.starting);
    await Promise.all(few);

    expect(ended).toEqual(['alice', 'alice', 'alice']);
    expect(Math.max(...seen)).toBeLessThanOrEqual(4);
    await arena.runner.close();
    await Promise.all(crowd);
  });

  test('of one channel get an error when too many hooks of one bot wait', async () => {
    await using arena = await DockerArena.open({ maxContainers: 2, pool: 0 });

    const results = await Promise.all(
      Array.from({ length: 30 }, () => arena.runner.run(BOT, INPUT, PATIENT, NO_NETWORK)),
    );

    const refused = results.filter(({ error }) => error?.code === 'QUEUE_FULL');
    expect(refused.length).toBeGreaterThan(0);
    expect(results.filter(({ outcome }) => outcome === 'ok').length).toBe(30 - refused.length);
    expect(await arena.containers()).toHaveLength(1);
  });
});

describeWithDocker('A server that is killed', () => {
  test('leaves no container to the next start, and its bots answer again', async () => {
    await using server = await startServer({ SANDBOX: 'docker', SANDBOX_POOL: '1', SANDBOX_MAX: '8' });
    await using room = await openRoom(server, rest, { bot_code: ECHO });
    const say = async (text: string) => {
      const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: text, wait_ms: 30_000 });
      return replies.map(({ body }: { body: { echo: string } }) => body.echo);
    };
    expect(await say('one')).toEqual(['one']);
    const before = await containersOf(server.dataDir);

    await server.crashAndRestart();
    const answer = await say('two');

    expect(before.length).toBeGreaterThan(0);
    expect(answer).toEqual(['two']);
    const after = await containersOf(server.dataDir);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    await server.stop();
    await eventually(async () => (await containersOf(server.dataDir)).length === 0);
  });
});

test('A bot attached a thousand times answers in every channel', async () => {
  await using server = await startServer();
  const alice = await rest(server, 'alice');
  const channels: string[] = [];
  for (let batch = 0; batch < 20; batch++) {
    const made = Array.from({ length: 50 }, () =>
      alice.call('create_channel', { name: 'Room', slots: ['bot:echo', 'invite:alice'], bot_code: ECHO }),
    );
    channels.push(...(await Promise.all(made)).map(({ channel_id }) => channel_id));
  }

  const { status } = await alice.call('health_check');
  await using room = await openRoom(server, rest, { bot_code: ECHO });
  const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'hi', wait_ms: 30_000 });

  expect(new Set(channels).size).toBe(1_000);
  expect(status).toBe('healthy');
  expect(replies).toMatchObject([{ body: { echo: 'hi' } }]);
  await alice.close();
});

/** Ids of the containers that the server with this folder has started. */
async function containersOf(dataDir: string): Promise<string[]> {
  const { docker } = (await openBerth()).engine;
  const label = sandboxLabel(dataDir);
  const found = await docker.listContainers({ all: true, filters: { label: [`${SANDBOX_LABEL}=${label}`] } });
  return found.map(({ Id }) => Id);
}
