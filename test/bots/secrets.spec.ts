import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually, everythingRead, openRoom, type Room, refusal, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { TlsFixture } from '../support/tls-fixture.js';

const HOST = 'api.test';
/** Planted everywhere a secret goes, and looked for everywhere afterwards. */
const CANARY = 'canary-4Fq9/zX+77-known';
const OTHER = 'another-canary-Kd03m5';
const hash = createHash('sha256').update(CANARY).digest('hex');

/** It does to its secrets whatever it is told to. */
const SPY = `import { sha256 } from 'bot-sdk';
const HOST = 'https://${HOST}';
const HEX = (text) => [...text].map((c) => c.charCodeAt(0).toString(16)).join('');
export default class Spy {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body: { text } }) {
    const { ctx } = this;
    const { KEY = '', OTHER = '' } = ctx.env;
    console.log('heard', text, 'with', KEY);
    if (text === 'names') return ctx.post('bot', { names: Object.keys(ctx.env), last4: KEY.slice(-4), hash: sha256(KEY) });
    if (text === 'ask') {
      const page = await fetch(HOST + '/echo?key=' + encodeURIComponent(KEY), { method: 'POST', headers: { authorization: 'Bearer ' + KEY }, body: 'k=' + KEY });
      const { headers, body } = await page.json();
      return ctx.post('bot', { arrived: sha256(body), with: sha256(headers.authorization) });
    }
    if (text === 'end') return ctx.finish({});
    if (text === 'post') ctx.post('bot', { before: 1 }), ctx.post('bot', { KEY });
    if (text === 'private') ctx.dm('s1', 'bot', { KEY });
    if (text === 'sealed') ctx.post('bot', { KEY }, { sealed: true });
    if (text === 'kind') ctx.post(KEY.slice(0, 32), {});
    if (text === 'hex') ctx.post('bot', { hex: HEX(KEY) });
    if (text === 'pieces') for (const letter of KEY) ctx.post('bot', { letter });
    if (text === 'state') ctx.setState({ KEY });
    if (text === 'timer') ctx.setTimer(HEX(KEY).slice(0, 60), 60);
    if (text === 'result') ctx.finish({ KEY });
    if (text === 'ops') ctx.updateChannel([{ type: 'rename', name: KEY }]);
    if (text === 'throw') { ctx.post('bot', { before: 1 }); throw new Error('no way with ' + KEY); }
    if (text === 'other') ctx.post('bot', { OTHER });
  }
}`;
const MANIFEST = {
  name: 'Spy',
  needs_env: ['KEY'],
  permissions: { network: [HOST], private_messages: true, update_channel: true },
};
const SPOKEN = ['post', 'private', 'sealed', 'kind', 'hex', 'pieces', 'state', 'timer', 'result', 'ops'];
const bot_id = 'bot_Spy_0';

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start([HOST]);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile, LOG_LEVEL: 'debug' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const spy = { bot_code: SPY, bot_manifest: MANIFEST, bot_env: { KEY: CANARY } };
const say = async ({ alice, id }: Room, body: string) =>
  (await alice.call('post_message', { channel_id: id, body, wait_ms: 20_000 })).replies;
const change = ({ alice, id }: Room, op: object) => alice.call('update_channel', { channel_id: id, ops: [op] });

describe.each(DOORS)('The secrets of a bot, over %s', (_, door) => {
  test('reach its hooks and nobody else; everyone sees which there are', async () => {
    await using room = await openRoom(server, door, spy);

    const [answer] = await say(room, 'names');

    expect(answer.body).toMatchObject({ names: ['KEY'], last4: CANARY.slice(-4), hash });
    expect(await told(room.bob, room.id, 'bot:attach')).toMatchObject([{ env_keys: ['KEY'] }]);
    const { bots } = await room.bob.call('who', { channel_id: room.id });
    expect(bots).toMatchObject([{ env_keys: ['KEY'], manifest: { needs_env: ['KEY'] } }]);
    await nothingTells(room);
  });

  test('can be given to any bot, under either name', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:a', 'bot:b', 'invite:alice', 'invite:bob'],
      bots: [
        { slot: 'a', inline_code: SPY, manifest: MANIFEST, env: { KEY: CANARY } },
        { slot: 'b', inline_code: SPY, manifest: MANIFEST, env_redacted: { KEY: CANARY, OTHER } },
      ],
    });

    const answers: { body: { bot_id: string; names: string[] } }[] = await say(room, 'names');

    const names = Object.fromEntries(answers.map(({ body }) => [body.bot_id, body.names]));
    expect(names).toEqual({ bot_Spy_0: ['KEY'], bot_Spy_1: ['KEY', 'OTHER'] });
  });

  test('go to the hosts it declares, and what is kept of that is without them', async () => {
    await using room = await openRoom(server, door, spy);

    const [answer] = await say(room, 'ask');
    await say(room, 'end');

    const sha = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(answer.body).toMatchObject({ arrived: sha(`k=${CANARY}`), with: sha(`Bearer ${CANARY}`) });
    const { receipt, exchanges } = await room.bob.call('get_run', { channel_id: room.id, bot_id, run: 1 });
    const { fetches, env_commit } = receipt.opening.body;
    expect(env_commit).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(fetches).toMatchObject([{ method: 'POST', url: `https://${HOST}/echo?key=[secret KEY]`, status: 200 }]);
    expect(exchanges).toMatchObject([{ request: { headers: { authorization: 'Bearer [secret KEY]' } } }]);
    expect(Buffer.from(exchanges[0].answer.body, 'base64').toString()).toContain('[secret KEY]');
    await nothingTells(room);
  });

  test('are not told by the bot in any way, and what else it wanted does not happen either', async () => {
    await using room = await openRoom(server, door, spy);

    for (const way of SPOKEN) {
      const replies = await say(room, way);
      expect([way, ...replies]).toMatchObject([
        way,
        {
          kind: 'system',
          body: { type: 'bot:error', code: 'SECRET_LEAK', bot_id, detail: expect.stringContaining('KEY') },
        },
      ]);
    }

    const { bots, view } = await room.bob.call('who', { channel_id: room.id });
    expect([bots[0].state_version, view.name]).toEqual([0, 'Room']);
    expect((await say(room, 'names'))[0].body).toMatchObject({ hash });
    await nothingTells(room);
  });

  test('are not in the error of a hook that throws them', async () => {
    await using room = await openRoom(server, door, spy);

    const replies = await say(room, 'throw');

    expect(replies).toMatchObject([
      { body: { code: 'BOT_THREW', detail: 'Error: no way with [secret KEY] (line 27)' } },
    ]);
    await nothingTells(room);
  });

  test('can be changed by an admin, who sees them as little as anyone; only the names are announced', async () => {
    await using room = await openRoom(server, door, spy);
    const { bob, id } = room;

    const answer = await change(room, { type: 'set_env_redacted', slot_id: 's0', keys: { OTHER } });

    expect(JSON.stringify(answer)).not.toContain(OTHER);
    expect(await told(bob, id, 'set_env_redacted_applied')).toMatchObject([
      { op: { slot_id: 's0', bot_id, keys: ['OTHER'], env_keys: ['KEY', 'OTHER'] } },
    ]);
    expect((await say(room, 'names'))[0].body.names).toEqual(['KEY', 'OTHER']);
    expect((await say(room, 'other'))[0].body).toMatchObject({ code: 'SECRET_LEAK' });
    await change(room, { type: 'set_env_redacted', slot_id: 's0', keys: { OTHER: null } });
    expect((await say(room, 'names'))[0].body.names).toEqual(['KEY']);
    await nothingTells(room);
  });

  test('are changed by admins of the channel only, and by nobody in a way the bot cannot live with', async () => {
    await using room = await openRoom(server, door, spy);
    const { alice, bob, mallory, id: channel_id } = room;
    const ops = (keys: object, slot_id = 's0') => ({ channel_id, ops: [{ type: 'set_env_redacted', slot_id, keys }] });

    expect(await refusal(bob.call('update_channel', ops({ OTHER })))).toMatchObject({ code: 'NOT_ADMIN' });
    expect(await refusal(mallory.call('update_channel', ops({ OTHER })))).toMatchObject({ code: 'NOT_MEMBER' });
    expect(await refusal(alice.call('update_channel', ops({ OTHER }, 's1')))).toMatchObject({ code: 'BOT_NOT_FOUND' });
    expect(await refusal(alice.call('update_channel', ops({ KEY: null })))).toMatchObject({
      code: 'BOT_INVALID',
      missing: ['KEY'],
    });
    for (const keys of [{}, { key: CANARY }, { SHORT: 'abc' }, { N: 5 }, { LONG: 'x'.repeat(5000) }]) {
      const refused = await refusal(alice.call('update_channel', ops(keys)));
      expect(refused).toMatchObject({ code: 'INVALID_REQUEST' });
      expect(JSON.stringify(refused)).not.toContain(CANARY);
    }
    expect(await told(bob, channel_id, 'set_env_redacted_applied')).toEqual([]);
    // A field of another op is no way to have one announced.
    const stray = await refusal(change(room, { type: 'rename', name: 'New', keys: { KEY: CANARY } }));
    expect(stray).toMatchObject({ code: 'INVALID_REQUEST', issues: [{ field: 'keys' }] });
    await nothingTells(room);
  });

  test('are asked for when the manifest needs them', async () => {
    await using alice = await door(server, 'alice');
    const channel = { name: 'Room', slots: ['bot:spy'], bot_code: SPY, bot_manifest: MANIFEST };

    const refused = await refusal(alice.call('create_channel', { ...channel, bot_env: { OTHER } }));

    expect(refused).toMatchObject({ code: 'BOT_INVALID', missing: ['KEY'] });
    expect(refused.detail).toMatch(/env.*KEY/);
  });
});

describe('After a restart', () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];

  test('a bot still has its secrets', async () => {
    await using room = await openRoom(server, door, spy);

    await server.crashAndRestart();

    expect((await say(room, 'names'))[0].body).toMatchObject({ hash });
  });

  test('without the file of keys a bot waits, which its channel is told, until the keys are back or the secrets given again', async () => {
    await using one = await openRoom(server, door, spy);
    await using two = await openRoom(server, door, spy);
    const file = join(server.dataDir, 'sealing-keys.json');
    await server.stop();
    renameSync(file, `${file}.away`);
    await server.start();

    const [replies] = await Promise.all([say(one, 'names'), say(two, 'names')]);
    expect(replies).toMatchObject([{ body: { type: 'bot:error', code: 'SECRETS_UNAVAILABLE' } }]);
    const answers = async ({ bob, id }: Room) => {
      const read = await everythingRead(bob, id);
      const told = read.flatMap(({ body }) => (body.hash ? [body.hash] : []));
      return told.length > 0 && told;
    };
    await change(one, { type: 'set_env_redacted', slot_id: 's0', keys: { KEY: OTHER } });
    expect(await eventually(() => answers(one))).toEqual([createHash('sha256').update(OTHER).digest('hex')]);
    expect(await answers(two)).toBe(false);

    renameSync(`${file}.away`, file);
    await say(two, 'ok');
    expect(await eventually(() => answers(two))).toEqual([hash]);
    expect(await told(two.bob, two.id, 'bot:error')).toHaveLength(1);
  });
});

test('A bot that is gone leaves no secret behind, not even a sealed one', async () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, spy);

  const manifest = { ...MANIFEST, needs_env: [] };
  await change(room, { type: 'remove_bot', slot_id: 's0' });
  await change(room, { type: 'set_bot', slot_id: 's0', bot_def: { inline_code: SPY, manifest } });
  const [{ body: without }] = await say(room, 'names');
  await change(room, { type: 'remove_bot', slot_id: 's0' });
  const again = { channel_id: room.id, inline_code: SPY, manifest, env: { OTHER } };
  await room.alice.call('attach_bot', again);

  expect(without).toMatchObject({ names: [] });
  expect((await say(room, 'names'))[0].body).toMatchObject({ names: ['OTHER'] });
  await nothingTells(room);
});

/** No answer of any operation, no file of the server and no line of its log holds a secret, in any of the plain forms. */
async function nothingTells({ alice, bob, id: channel_id }: Room) {
  const asked: [Person, string, object][] = [
    [bob, 'who', {}],
    [bob, 'get_bot_code', { bot_id }],
    [bob, 'list_runs', { bot_id }],
    [alice, 'get_channel_info', {}],
    [alice, 'sync_messages', {}],
  ];
  const told = await Promise.all(
    asked.map(([person, operation, input]) => person.call(operation, { channel_id, ...input })),
  );
  const read = await Promise.all([alice, bob].map((person) => everythingRead(person, channel_id)));
  const files = readdirSync(server.dataDir)
    .filter((name) => /sqlite/.test(name))
    .map((name) => readFileSync(join(server.dataDir, name), 'latin1'));
  const everything = [JSON.stringify([told, read]), server.log(), ...files];
  for (const secret of [CANARY, OTHER]) {
    const bytes = Buffer.from(secret);
    for (const form of [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('base64')]) {
      expect(everything.map((text) => text.includes(form))).not.toContain(true);
    }
  }
}
