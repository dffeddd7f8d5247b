import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Door } from '../support/doors.js';
import { everyEffect } from '../support/every-effect.js';
import { openGame, readUntil, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { eventually, openRoom, type Room, told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { Signer } from '../support/signer.js';
import { secretOf } from '../support/stored-log.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { findingsIn, reasonsIn, verifiedChannel } from '../support/verified.js';

const HOSTS = ['api.coinbase.com', 'api.kraken.com', 'www.bitstamp.net', 'api.gemini.com'];

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start(HOSTS);
  server = await startServer({ EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const close = (room: Pick<Room, 'alice' | 'id'>) =>
  room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'close' }] });
const doing = ({ alice, id }: Pick<Room, 'alice' | 'id'>, ...steps: unknown[][]) =>
  say(alice, id, { type: 'do', do: steps });

describe.each(DOORS)('A finished game, over %s', (_, door) => {
  test('of guessing is VERIFIED, with every run repeated', async () => {
    const params = { range: [1, 1_000_000], timeout_s: 600, turn_order: 'random' };
    await using game = await openGame(server, door, params, ['a coin', 'a die', 'a card']);
    const { alice, bob, channelId: id } = game;
    for (const person of [alice, bob]) await say(person, id, 'guess nothing');
    const { target } = secretOf(server.dataDir, id);
    for (const person of [alice, bob]) await say(person, id, `guess ${target}`);
    await readUntil(alice, id, 'round:reveal');
    await close({ alice, id });

    const report = await verifiedChannel(bob, id);

    expect(findingsIn(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED', exitCode: 0 });
    expect(report.facts.bots?.[0]?.replayed).toBeGreaterThan(5);
  });

  test('of blackjack is VERIFIED', async () => {
    const bot_params = { decision_s: 600, betting_s: 600 };
    await using table = await openRoom(server, door, { bot_preset: 'BlackjackBot', bot_params, entropy: 'three dice' });
    const { alice, bob, id } = table;
    await say(alice, id, 'bet 10');
    await say(bob, id, 'bet 5');
    for (const person of [alice, bob, alice, bob]) await say(person, id, 'stand');
    await close(table);

    const report = await verifiedChannel(bob, id);

    expect(findingsIn(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED' });
  });

  test('with a spell over a game of guessing is VERIFIED, for both bots', async () => {
    await using room = await openRoom(server, door, {
      slots: ['bot:game', 'bot:spells', 'invite:alice', 'invite:bob'],
      bots: [
        { slot: 's0', bot_preset: 'GuessBot', params: { range: [1, 1_000_000_000], timeout_s: 600 } },
        { slot: 's1', bot_preset: 'SpellBot' },
      ],
      entropy: 'a spoon',
    });
    const { alice, bob, id } = room;
    await say(alice, id, 'cast reverse s3 wonder');
    for (const person of [alice, bob, alice, bob]) await say(person, id, 'guess 7');
    await close(room);

    const report = await verifiedChannel(bob, id);

    expect(findingsIn(report)).toEqual([]);
    expect(report.facts.bots?.map(({ runs, replayed }) => runs - replayed)).toEqual([0, 0]);
  });

  test('with pages from the network is VERIFIED, as far as the answers are those that were recorded', async () => {
    await using room = await openRoom(server, door, { bot_preset: 'PriceBot', entropy: 'a leaf' });
    await say(room.alice, room.id, 'Price please');
    await say(room.bob, room.id, 'and the weather');
    await close(room);

    const report = await verifiedChannel(room.bob, room.id);

    expect(findingsIn(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED' });
  });

  test.each(['javascript', 'typescript'] as const)(
    'of a bot in %s that does all that a bot can do is VERIFIED',
    async (language) => {
      await using room = await openEvery(door, language);
      const { bob, id } = room;
      const commit = sha256('7|n');
      await doing(room, ['draw'], ['count'], ['seal'], ['timer'], ['commit', commit]);
      await bob.call('post_message', { channel_id: id, to: 'bot_Every_0', sealed: true, body: 'a sealed bid' });
      await doing(room, ['reveal'], ['open', 7, 'n'], ['open', 8, 'n']);
      await doing(room, ['draw'], ['throw']);
      await doing(room, ['rename', 'Renamed']);
      await eventually(async () => (await told(bob, id, 'rang')).length > 0);
      await doing(room, ['finish']);
      await bob.call('leave_channel', { channel_id: id });
      await doing(room, ['count']);
      await close(room);

      const report = await verifiedChannel(room.alice, id);

      expect(findingsIn(report)).toEqual([]);
      expect(report).toMatchObject({ verdict: 'VERIFIED' });
    },
  );

  test('after changes by an admin and void rounds is VERIFIED', async () => {
    await using room = await openEvery(door, 'javascript');
    const { alice, id: channel_id } = room;
    const debug = (action: string, payload: object = {}) =>
      alice.call('debug_bot', { channel_id, bot_id: 'bot_Every_0', action, payload });
    await doing(room, ['draw'], ['count'], ['timer']);
    await debug('replace_state', { state: { n: 41 } });
    await doing(room, ['count'], ['draw']);
    await debug('emit_hook', { hook: 'on_message', body: { type: 'do', do: [['count']] } });
    await debug('emit_hook', { hook: 'on_timer', name: 'rings' });
    await debug('toggle_pause');
    await alice.call('post_message', { channel_id, body: { type: 'do', do: [['count']] }, wait_ms: 0 });
    await debug('toggle_pause');
    await doing(room, ['count']);
    await close(room);

    const report = await verifiedChannel(alice, channel_id);

    expect(findingsIn(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED' });
  });

  test('with signed messages is VERIFIED', async () => {
    const signer = new Signer();
    const keys = { public_key: signer.publicKey, require_sig: true };
    await using room = await openRoom(server, door, {
      slots: ['bot:referee', 'invite:alice', 'invite:bob'],
      bot_code: everyEffect('javascript'),
      entropy: 'a cup',
    });
    const { alice, bob, id } = room;
    await bob.call('leave_channel', { channel_id: id });
    const { invites } = await alice.call('update_channel', {
      channel_id: id,
      ops: [{ type: 'new_invite', slot_id: 's2' }],
    });
    await bob.call('join_channel', { invite_code: invites[0].invite_code, ...keys });
    const body = { type: 'do', do: [['draw']] };
    await bob.call('post_message', {
      channel_id: id,
      body,
      ...signer.signed({ ch: id, seat: 's2', body }),
      wait_ms: 20_000,
    });
    await close(room);

    const report = await verifiedChannel(alice, id);

    expect(findingsIn(report)).toEqual([]);
    expect(report.claims.find((claim) => claim.id === 'members')).toMatchObject({ result: 'PASS', checked: 1 });
  });

  test('of which something cannot be checked is PARTIAL, and each reason is named', async () => {
    await using room = await openRoom(server, door, { bot_code: everyEffect('javascript') });
    const { alice, bob, id } = room;
    await doing(room, ['draw'], ['whisper', 's2']);
    await doing(room, ['bad']);
    await bob.call('dm_bot', { channel_id: id, bot_id: 'bot_Every_0', message: 'for the bot alone' });
    await close(room);

    const report = await verifiedChannel(alice, id);

    expect(report).toMatchObject({ verdict: 'PARTIAL', exitCode: 5 });
    expect(reasonsIn(report).sort()).toEqual(['no-entropy', 'recorded-failure', 'withheld']);
    const accept = ['no-entropy', 'recorded-failure', 'withheld'];
    expect(await verifiedChannel(alice, id, { accept })).toMatchObject({ verdict: 'VERIFIED' });
  });

  const openEvery = (door: Door, language: 'javascript' | 'typescript') =>
    openRoom(server, door, { bot_code: everyEffect(language), entropy: 'a stone' });
});
