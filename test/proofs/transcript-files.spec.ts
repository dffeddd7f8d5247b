import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person, rejectedWith } from '../support/doors.js';
import { openGame, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { bearer } from '../support/oauth.js';
import { openRoom, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf } from '../support/stored-log.js';
import { bodiesOf, closedIn, exported, openOf } from '../support/transcripts.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** The download of somebody who is signed in. */
const download = ({ token }: Pick<Person, 'token'>, id: string, query = '') =>
  fetch(`${server.url}/channels/${id}/transcript${query}`, { headers: bearer({ access_token: token }) });

describe.each(DOORS)('The file of a transcript, over %s', (_, door) => {
  test('has the same bytes each time, also after the server was killed', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000], timeout_s: 600 });
    const { alice, bob, channelId } = game;
    await say(alice, channelId, 'guess 5');
    await say(bob, channelId, `guess ${secretOf(server.dataDir, channelId).target}`);

    const [first, second] = [await exported(alice, channelId), await exported(alice, channelId)];
    await server.crashAndRestart();
    const third = await exported(await door(server, 'alice', alice.token), channelId);

    expect(second.file.equals(first.file)).toBe(true);
    expect(third.file.equals(first.file)).toBe(true);
    expect(closedIn(first.bundle)).toBe(0);
  });

  test('is a download with a name, for whoever is signed in and for whoever has the link', async () => {
    await using room = await openRoom(server, door);
    const { told, file } = await exported(room.bob, room.id);

    const own = await download(room.bob, room.id);

    expect(own.status).toBe(200);
    expect(Object.fromEntries(own.headers)).toMatchObject({
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename="${room.id}.parley.json.gz"`,
      'cache-control': 'private, no-store',
    });
    expect(sha256(Buffer.from(await own.arrayBuffer()))).toBe(told.sha256);
    expect([...file.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    expect(told).toMatchObject({ file_name: `${room.id}.parley.json.gz`, viewer: 's2', size: expect.any(Number) });
  });

  test('of a link stays the one that was announced, whatever is said meanwhile', async () => {
    await using room = await openRoom(server, door);
    const told = await room.alice.call('export_transcript', { channel_id: room.id });
    await room.bob.call('post_message', { channel_id: room.id, body: 'one more' });

    const file = Buffer.from(await (await fetch(told.url)).arrayBuffer());

    expect(sha256(file)).toBe(told.sha256);
    expect(gunzipSync(file).toString()).not.toContain('one more');
  });

  test('is refused for a link of another channel, for a changed one and without one', async () => {
    await using room = await openRoom(server, door);
    await using other = await openRoom(server, door);
    const { url } = await room.alice.call('export_transcript', { channel_id: room.id });
    const wrong = [url.replace(room.id, other.id), `${url.slice(0, -4)}AAAA`, `${url}&link=twice`, url.split('?')[0]];

    const answers = await Promise.all(wrong.map((address) => fetch(address)));

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400, 401]);
  });

  test('of a closed channel can be exported, and reveals every round', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000], timeout_s: 600 });
    const { alice, bob, channelId } = game;
    await say(alice, channelId, 'guess 5');
    await bob.call('leave_channel', { channel_id: channelId });
    await alice.call('update_channel', { channel_id: channelId, ops: [{ type: 'close' }] });

    const { bundle } = await exported(alice, channelId);

    expect(bodiesOf(bundle, 'round:reveal').map(({ round }) => round)).toContain(1);
    expect(openOf(bundle, 'receipt').length).toBeGreaterThan(3);
    expect(Object.keys(bundle.states).length).toBeGreaterThan(2);
  });

  test('of a public channel is for everybody who is signed in, without what is private', async () => {
    await using room = await openRoom(server, door, { visibility: 'public' });
    const { alice, mallory, id } = room;
    await alice.call('post_message', { channel_id: id, body: 'for all to read' });
    await alice.call('post_message', { channel_id: id, to: 's2', body: 'only for bob' });

    const { text, bundle } = await exported(mallory, id);

    expect(bundle.viewer).toBe('public');
    expect([text.includes('for all to read'), text.includes('only for bob')]).toEqual([true, false]);
    expect(closedIn(bundle)).toBe(1);
  });

  test('is for one seat of somebody who has two, and only by its name', async () => {
    await using room = await openRoom(server, door, { slots: ['invite:a', 'invite:b', 'invite:c'] });
    const { bob, id, invites } = room;
    await bob.call('join_channel', { invite_code: invites[2] });
    await bob.call('post_message', { channel_id: id, seat: 's1', to: 's0', body: 'from his first seat' });

    const unnamed = await refusal(bob.call('export_transcript', { channel_id: id }));
    const [first, second] = [await exported(bob, id, 's1'), await exported(bob, id, 's2')];

    expect(unnamed.code).toBe('SEAT_AMBIGUOUS');
    expect([first.told.pass_seat, second.told.pass_seat]).toEqual(['s1', 's2']);
    expect([first, second].map(({ text }) => text.includes('from his first seat'))).toEqual([true, false]);
    expect((await download(bob, id)).status).toBe(400);
    const own = gunzipSync(Buffer.from(await (await download(bob, id, '?seat=s2')).arrayBuffer()));
    expect(JSON.parse(own.toString()).viewer).toBe('s2');
  });

  test('of a channel in which text is quarantined has the whole text, as the log has it', async () => {
    await using room = await openRoom(server, door, {
      mode: 'quarantined_text',
      slots: ['invite:alice', 'invite:bob'],
    });
    await room.alice.call('post_message', { channel_id: room.id, body: 'a text that models do not get unasked' });

    const { text, told, bundle } = await exported(room.bob, room.id);

    expect(text).toContain('a text that models do not get unasked');
    expect(JSON.stringify(told)).not.toContain('unasked');
    expect(closedIn(bundle)).toBe(0);
  });
});

test('A link ends when its owner loses the seat', async () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door);
  const { url } = await room.bob.call('export_transcript', { channel_id: room.id });
  const before = await fetch(url);
  await room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'kick', slot_id: 's2' }] });

  const after = await fetch(url);

  expect([before.status, after.status]).toEqual([200, 404]);
  expect(await after.json()).toMatchObject({ code: 'TRANSCRIPT_LINK_INVALID' });
});

test('A log of thousands of entries is in the file from the first to the last', async () => {
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, { slots: ['invite:alice', 'invite:bob'] });
  const count = 2_000;
  const texts = Array.from({ length: count }, (_, i) => `message ${i}`);
  for (let i = 0; i < count; i += 40) {
    await Promise.all(
      texts.slice(i, i + 40).map((body) => room.alice.call('post_message', { channel_id: room.id, body, wait_ms: 0 })),
    );
  }

  const { bundle } = await exported(room.alice, room.id);

  const said = bundle.entries.flatMap(({ opening }) => (opening.body.text ? [opening.body.text] : []));
  expect(said.sort()).toEqual(texts.sort());
  expect(closedIn(bundle)).toBe(0);
});

test('An account writes only a few transcripts at the same time, and may go on when they are written', async () => {
  await using limited = await startServer({ LIMIT_TRANSCRIPTS: '1' });
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(limited, door, { slots: ['invite:alice', 'invite:bob'] });
  const ask = () => room.alice.call('export_transcript', { channel_id: room.id });

  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, ask));
  const later = await exported(room.alice, room.id);

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  expect(outcomes.filter(rejectedWith('RATE_LIMIT')).length).toBeGreaterThan(0);
  expect(closedIn(later.bundle)).toBe(0);
  expect(limited.log()).not.toContain('MaxListenersExceededWarning');
});
