import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { findInStream, readToEnd } from '../support/find-in-stream.js';
import { type Message, ofType, readAll, readUntil } from '../support/game.js';
import { eventually, hookRunning, pollsWaiting } from '../support/rooms.js';
import { SeedClient } from '../support/seed-client.js';
import { type RunningServer, startServer } from '../support/server.js';
import { storedChannel } from '../support/stored-log.js';
import { receiptsOf } from './replay.js';

const COUNTER = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ id, body }) {
    const { count = 0 } = this.ctx.getState();
    this.ctx.setState({ count: count + 1 });
    this.ctx.post('bot', { type: 'counted', count: count + 1, id, text: body.text });
  }
}`;

const ALARM = `export default class Alarm {
  constructor(ctx) { this.ctx = ctx; }
  onMessage() { this.ctx.setTimer('ring', 1); }
  onTimer(name) { this.ctx.post('bot', { type: 'rang', name }); }
}`;

const BURST = 30;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('After a power cut, over %s', (_, door) => {
  test('all acknowledged data is there, and each bot has handled it once', async () => {
    await using alice = await door(server, 'alice');
    const channel_id = await channelWith(alice, [
      { name: 'CounterA', inline_code: COUNTER },
      { name: 'CounterB', inline_code: COUNTER },
    ]);
    const acknowledged: { msg_id: number; ts: string; text: string }[] = [];
    let cut = () => {};
    const enough = new Promise<void>((resolve) => {
      cut = resolve;
    });

    const burst = Array.from({ length: BURST }, async (__, i) => {
      const text = `word ${i}`;
      const { msg_id, ts } = await alice.call('post_message', { channel_id, body: text, wait_ms: i % 3 ? 0 : 5_000 });
      acknowledged.push({ msg_id, ts, text });
      if (acknowledged.length === BURST / 3) cut();
    });
    const settled = Promise.allSettled(burst);
    await enough;
    await server.crashAndRestart();
    await settled;

    expect(acknowledged.length).toBeGreaterThanOrEqual(BURST / 3);
    const words = (await readAll(alice, channel_id)).filter(({ kind }) => kind === 'user');
    const messages = await readUntil(alice, channel_id, 'counted', 2 * words.length);
    for (const { msg_id: id, ts, text } of acknowledged) {
      expect(messages).toContainEqual(expect.objectContaining({ id, ts, sender: 's2', kind: 'user', body: { text } }));
    }
    expect(new Set(words.map(({ body }) => body.text)).size).toBe(words.length);
    for (const bot of ['bot:bot_CounterA_0', 'bot:bot_CounterB_1']) {
      const counted = ofType(messages, 'counted').filter(({ sender }) => sender === bot);
      expect(counted.map(({ body }) => [body.count, body.id, body.text])).toEqual(
        words.map(({ id, body }, i) => [i + 1, id, body.text]),
      );
    }
    const log = storedChannel(server.dataDir, channel_id);
    expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((__, i) => i + 1));
    const runs = receiptsOf(log).map(({ bot_id, event_seq }) => `${bot_id} ${event_seq}`);
    expect(runs).toHaveLength(new Set(runs).size);
    expect(runs).toHaveLength(2 * words.length);
  });

  test('a timer that was set fires once', async () => {
    await using alice = await door(server, 'alice');
    const channel_id = await channelWith(alice, [{ name: 'Alarm', inline_code: ALARM }]);
    await alice.call('post_message', { channel_id, body: 'wake me' });

    await server.crashAndRestart();
    await readUntil(alice, channel_id, 'rang');
    await new Promise((later) => setTimeout(later, 1_200));

    const rang = ofType(await readAll(alice, channel_id), 'rang');
    expect(rang.map(({ body }) => body.name)).toEqual(['ring']);
    const log = storedChannel(server.dataDir, channel_id);
    expect(log.entries.filter(({ kind }) => kind === 'timer')).toHaveLength(1);
  });
});

describe.each(DOORS)('When the server is told to stop, over %s', (_, door) => {
  test('waiting calls are answered at once without messages, and the server exits normally', async () => {
    await using alice = await door(server, 'alice');
    const channel_id = await channelWith(alice, []);
    const { cursor } = await alice.call('sync_messages', { channel_id });
    const waiting = [
      alice.call('sync_messages', { channel_id, cursor, timeout_ms: 40_000 }),
      alice.call('wait_for_message', { channel_id, since_id: cursor, timeout_ms: 40_000 }),
    ];
    await pollsWaiting(server, waiting.length);
    const started = Date.now();

    const code = await server.stop();
    const took = Date.now() - started;
    const answers = await soon(Promise.all(waiting));
    await server.start();

    expect(code).toBe(0);
    expect(took).toBeLessThan(20_000);
    expect(answers.map(({ messages, cursor }) => [messages, cursor])).toEqual([
      [[], cursor],
      [[], cursor],
    ]);
    const { msg_id } = await alice.call('post_message', { channel_id, body: 'still here?' });
    expect(msg_id).toBe(cursor + 1);
  });

  test('a post that waits for a bot is answered with the replies so far', async () => {
    // Of its own: the bot goes on after the start, and the next one to stop this server would wait for it.
    await using server = await startServer();
    await using alice = await door(server, 'alice');
    const bot_code = 'class Loop { onMessage() { for (;;); } }';
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Loop',
      slots: ['bot:x', 'invite:a'],
      bot_code,
      // Long after the server was told to stop.
      bot_manifest: { name: 'Loop', limits: { wallMs: 5_000 } },
    });
    await alice.call('join_channel', { invite_code: invites[0] });
    const waiting = alice.call('post_message', { channel_id, body: 'go', wait_ms: 40_000 });
    await hookRunning(server);

    const code = await server.stop();
    const answer = await soon(waiting);

    expect(code).toBe(0);
    expect(answer.replies).toEqual([]);
    await server.start();
    const { messages } = await alice.call('get_messages', { channel_id });
    expect(messages.map(({ id }: { id: number }) => id)).toContain(answer.msg_id);
  });

  test('an event stream is closed, and a client that reconnects misses nothing', async () => {
    await using alice = await door(server, 'alice');
    const channel_id = await channelWith(alice, []);
    const listen = (headers: Record<string, string> = {}) =>
      fetch(`${server.url}/channels/${channel_id}/events`, {
        headers: { authorization: `Bearer ${alice.token}`, ...headers },
      });
    const stream = await listen();
    const heard = readToEnd(stream);
    await eventually(async () => heard.text.includes('member_joined'));

    const code = await server.stop();
    const before = eventsOf(await heard.ended);
    await server.start();
    await alice.call('post_message', { channel_id, body: 'back' });
    const again = await listen({ 'last-event-id': String(before.at(-1)?.id) });
    const next = await firstEvent(again);

    expect(code).toBe(0);
    expect(before.map(({ body }) => body.type)).toEqual(['channel_created', 'member_joined']);
    expect(next).toMatchObject({ id: (before.at(-1)?.id ?? 0) + 1, body: { text: 'back' } });
  });

  test('a running hook takes effect, and later hooks wait for the next start', async () => {
    await using alice = await door(server, 'alice');
    const channel_id = await channelWith(alice, [{ name: 'Counter', inline_code: COUNTER }]);
    const posts = Array.from({ length: 10 }, (__, i) =>
      alice.call('post_message', { channel_id, body: `word ${i}`, wait_ms: 0 }),
    );
    await Promise.all(posts);

    const code = await server.stop();
    await server.start();
    const messages = await readUntil(alice, channel_id, 'counted', 10);

    expect(code).toBe(0);
    expect(ofType(messages, 'counted').map(({ body }) => body.count)).toEqual(posts.map((__, i) => i + 1));
  });
});

test('When the server is told to stop, a waiting client with an older protocol revision is answered as well', async () => {
  await using server = await startServer();
  const alice = await SeedClient.connect(server.url, 'alice');
  const { channel_id } = await alice.callTool('create_channel', { name: 'Restart', slots: ['invite:alice'] });
  const waiting = alice.callTool('sync_messages', { channel_id, cursor: 1, timeout_ms: 40_000 });
  await pollsWaiting(server, 1);

  const code = await server.stop();

  expect([code, await soon(waiting)]).toMatchObject([0, { messages: [], cursor: 1 }]);
});

/** An answer that was never sent is a failure now, not when the test gives up. */
const soon = <T>(answer: Promise<T>) =>
  Promise.race([
    answer,
    new Promise<never>((__, fail) => setTimeout(fail, 20_000, new Error('no answer came')).unref()),
  ]);

/** alice makes a channel with some bots and takes its seat, which comes last. */
async function channelWith(alice: Person, bots: object[]): Promise<string> {
  const slots = [...bots.map((__, i) => `bot:bot-${i}`), 'invite:alice'];
  const { channel_id, invites } = await alice.call('create_channel', { name: 'Restart', slots, bots });
  await alice.call('join_channel', { invite_code: invites[0] });
  return channel_id;
}

const eventsOf = (text: string): Message[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));

const firstEvent = (response: Response): Promise<Message> =>
  findInStream(response, (text) => eventsOf(text.slice(0, text.lastIndexOf('\n\n') + 1))[0]);
