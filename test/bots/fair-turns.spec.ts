import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { eventually, openRoom, told } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, startSandboxed } from '../support/sandboxed-server.js';
import { type RunningServer, startServer } from '../support/server.js';

const [[, restDoor]] = DOORS as [[string, Door]];
/** Endless when it is told to be, and else quick. */
const MOODY = `class Moody {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { while (body.text === 'stay'); this.ctx.post('bot', { said: body.text }); }
}`;
/** A busy machine delays a quick hook, but adds no processor time to it. */
const QUICKLY = { name: 'Moody', limits: { wallMs: 3_000, cpuMs: 300 } };
/** Longer than a wait that is logged. Each of them is repeated once. */
const FOREVER = { limits: { wallMs: 3_000, cpuMs: 2_000 } };

const metrics = async (server: RunningServer) => (await fetch(`${server.url}/metrics`)).text();
const countOf = async (server: RunningServer, name: string) =>
  Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(await metrics(server))?.[1] ?? 0);

/** Channels of one account, each with a bot of its own that is now in an endless hook, or waits for its turn to be. */
async function openEndless(person: Person, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const bot = { bot_code: MOODY, bot_manifest: { name: 'Moody', ...FOREVER } };
    const { channel_id, invites } = await person.call('create_channel', {
      name: 'E',
      slots: ['bot:b', 'invite:m'],
      ...bot,
    });
    await person.call('join_channel', { invite_code: invites[0] });
    ids.push(channel_id);
  }
  for (const channel_id of ids) await person.call('post_message', { channel_id, body: 'stay', wait_ms: 0 });
  return ids;
}

describe('A server with few threads', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ EMBEDDED_WORKERS: '1' });
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  test('announces that a bot runs after the others because of repeated timeouts, and announces the end of that', async () => {
    await using room = await openRoom(server, restDoor, { bot_code: MOODY, bot_manifest: QUICKLY });
    const say = (body: string) => room.alice.call('post_message', { channel_id: room.id, body, wait_ms: 50_000 });
    const lateness = async () => (await told(room.bob, room.id, 'bot:late')).map(({ late }) => late);

    await say('stay');
    await say('stay');
    const afterTwo = await lateness();
    await say('stay');
    const afterThree = await lateness();
    const answers: number[] = [];
    for (let n = 0; n < 6; n++) answers.push((await say('quick')).replies.length);

    expect([afterTwo, afterThree]).toEqual([[], [true]]);
    expect(answers).toEqual([1, 1, 1, 1, 1, 2]);
    expect(await lateness()).toEqual([true, false]);
  });

  test('logs and counts hooks that wait long, and loses none', async () => {
    await using mallory = await restDoor(server, 'mallory');
    const ids = await openEndless(mallory, 4);

    await eventually(async () => (await countOf(server, 'parley_long_hook_waits_total')) > 0);
    for (const id of ids) await eventually(async () => (await told(mallory, id, 'bot:error')).length === 1);

    expect(server.log()).toContain('a hook has been waiting long for its turn');
    await eventually(async () => (await countOf(server, 'parley_hooks_waiting')) === 0);
  });
});

describeWithDocker('A server with few containers', () => {
  test('answers another account while bots run endless loops, and reports which hooks wait', async () => {
    await using server = await startSandboxed({ ...IN_CONTAINERS, SANDBOX_MAX: '2', SANDBOX_POOL: '0' });
    await using mallory = await restDoor(server, 'mallory');
    await using room = await openRoom(server, restDoor, { bot_code: MOODY });
    const ids = await openEndless(mallory, 4);

    const { replies } = await room.alice.call('post_message', { channel_id: room.id, body: 'quick', wait_ms: 50_000 });
    const ended = await Promise.all(ids.map(async (id) => (await told(mallory, id, 'bot:error')).length));

    expect(replies).toMatchObject([{ body: { said: 'quick' } }]);
    expect(ended.filter((errors) => errors > 0).length).toBeLessThan(4);
    await eventually(async () => server.log().includes('a hook has been waiting long for its turn'));
    for (const id of ids) await eventually(async () => (await told(mallory, id, 'bot:error')).length > 0);
  });
});
