import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { type Game, openGame, readAll, readUntil, say, typesOf } from '../support/game.js';
import { canonical, sha256 } from '../support/longhand.js';
import { type StoredChannel, secretOf, storedChannel } from '../support/stored-log.js';
import { useServer } from '../support/use-server.js';
import { bodyOf, logged, receiptsOf, replayed } from './replay.js';

const server = useServer();

describe.each(DOORS)('The log of a finished game, over %s', (_, door) => {
  let game: Game;
  let channel: StoredChannel;
  beforeAll(async () => {
    game = await playedGame();
    channel = storedChannel(server.dataDir, game.channelId);
  });
  afterAll(async () => {
    await game[Symbol.asyncDispose]();
  });

  test('has consecutive numbers and times that never decrease', () => {
    const { entries } = channel;

    expect(entries.length).toBeGreaterThan(30);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((__, i) => i + 1));
    expect(entries.map(({ ts }) => ts)).toEqual(entries.map(({ ts }) => ts).sort());
  });

  test('contains for each entry what its header and its hash commit to', () => {
    for (const entry of channel.entries) {
      const header = JSON.parse(entry.header);
      const commit = sha256('parley-body-v1', Buffer.from(entry.salt, 'hex'), entry.opening);
      expect(entry.header).toBe(canonical(header));
      expect(entry.opening).toBe(canonical(JSON.parse(entry.opening)));
      expect(entry.salt).toMatch(/^[0-9a-f]{64}$/);
      expect(entry.leaf_hash).toBe(`sha256:${sha256(Uint8Array.of(0), entry.header)}`);
      expect(header).toMatchObject({ v: 1, ch: channel.channelId, seq: entry.seq, ts: entry.ts });
      expect(header.body_commit).toBe(`sha256:${commit}`);
    }
    expect(new Set(channel.entries.map(({ salt }) => salt)).size).toBe(channel.entries.length);
  });

  test('shows in its headers who posted, but nothing about hidden entries', () => {
    const hidden = channel.entries.filter((entry) => entry.hidden);
    const visible = channel.entries.filter((entry) => !entry.hidden);

    expect(new Set(hidden.map(({ kind }) => kind))).toEqual(new Set(['private', 'receipt', 'timer']));
    for (const { header, opening, kind, from_id } of hidden) {
      expect(Object.keys(JSON.parse(header))).toEqual(['body_commit', 'ch', 'kind', 'seq', 'ts', 'v']);
      expect(JSON.parse(header).kind).toBe('hidden');
      expect(JSON.parse(opening)).toMatchObject({ kind, from: from_id });
    }
    for (const { header, opening, kind, from_id } of visible) {
      expect(JSON.parse(header)).toMatchObject({ kind, from: from_id });
      expect(Object.keys(JSON.parse(opening))).toEqual(['body']);
    }
  });

  test('is what the members read', async () => {
    const seen = (await readAll(game.bob, game.channelId)).filter(({ kind }) => kind !== 'private');

    const visible = channel.entries.filter((entry) => !entry.hidden);
    expect(seen.map(({ id, ts, sender, kind, body }) => ({ id, ts, sender, kind, body }))).toEqual(
      visible.map((entry) => ({
        id: entry.seq,
        ts: entry.ts,
        sender: entry.from_id,
        kind: entry.kind,
        body: bodyOf(entry),
      })),
    );
  });

  test('has a receipt of every run, and each state begins as the previous one ended', () => {
    const receipts = receiptsOf(channel);
    const attached = channel.entries.map(bodyOf).find(({ type }) => type === 'bot:attach');
    const claimed = receipts.flatMap(({ outputs }) => outputs);
    const posted = channel.entries.filter(({ from_id }) => from_id === `bot:${game.botId}`).map(({ seq }) => seq);

    expect(receipts.map(({ run }) => run)).toEqual(receipts.map((__, i) => i + 1));
    expect(receipts.map(({ state_before }) => state_before)).toEqual([
      `sha256:${sha256('{}')}`,
      ...receipts.slice(0, -1).map(({ state_after }) => state_after),
    ]);
    for (const { code_hash, bundle_hash, outcome, event_seq, seq } of receipts) {
      expect({ code_hash, bundle_hash, outcome }).toEqual({
        code_hash: attached.code_hash,
        bundle_hash: attached.bundle_hash,
        outcome: 'ok',
      });
      expect(event_seq).toBeLessThan(seq);
    }
    expect(claimed).toEqual(posted);
    for (const [hash, json] of channel.states) expect(hash).toBe(`sha256:${sha256(json)}`);
  });

  test('reveals every committed seed, after the next one was committed', () => {
    const bodies = channel.entries.map(bodyOf);
    const committed = bodies.filter(({ type }) => type === 'bot:attach' || type === 'round:commit');
    const revealed = bodies.filter(({ type }) => type === 'round:reveal');

    expect(committed.map(({ round }) => round)).toEqual([1, 2]);
    expect(revealed.map(({ round }) => round)).toEqual([1]);
    const seed = Buffer.from(revealed[0].seed, 'hex');
    expect(seed).toHaveLength(32);
    expect(committed[0].seed_commit).toBe(`sha256:${sha256('parley-seed-v1', seed)}`);
    expect(bodies.indexOf(revealed[0])).toBeGreaterThan(bodies.indexOf(committed[1]));
  });

  test('gives the same results when every run is repeated', async () => {
    const again = await replayed(channel);

    expect(again.map(({ hook }) => hook)).toEqual(
      expect.arrayContaining(['on_init', 'on_join', 'on_message', 'on_private_message', 'on_timer', 'on_leave']),
    );
    expect(again).toEqual(logged(channel));
  });

  test('gives other results if one input is changed', async () => {
    const honest = logged(channel);
    const seed = Buffer.from(channel.seeds.get(1) as string, 'hex').map((byte) => byte ^ 1);
    const lies: StoredChannel[] = [
      { ...channel, seeds: new Map([...channel.seeds, [1, Buffer.from(seed).toString('hex')]]) },
      {
        ...channel,
        entries: channel.entries.map((entry) => ({ ...entry, opening: entry.opening.replace('a coin', 'a c0in') })),
      },
      { ...channel, source: channel.source.replace("'high' : 'low'", "'low' : 'high'") },
      {
        ...channel,
        entries: channel.entries.map((entry) => ({ ...entry, opening: entry.opening.replace('guess 1', 'guess 2') })),
      },
    ];

    for (const lie of lies) expect(await replayed(lie)).not.toEqual(honest);
  });

  /** Everything that can happen in a game: entropy, a rejoin, words to the bot alone, a missed turn, an end, a leave. */
  async function playedGame(): Promise<Game> {
    const params = { range: [1, 1_000_000_000], timeout_s: 1, turn_order: 'random', max_missed: 100 };
    const game = await openGame(server, door, params, ['a coin', 'a die', 'a card']);
    const { alice, bob, channelId: channel_id, botId: bot_id } = game;
    await alice.call('join_channel', { invite_code: game.rejoin.alice });
    await readUntil(alice, channel_id, 'turn_timeout');
    await alice.call('dm_bot', { channel_id, bot_id, message: '!status' });
    await bob.call('post_message', { channel_id, body: { type: 'move', game: 'guess', action: 'guess', value: 'π' } });
    const { target } = secretOf(server.dataDir, channel_id);
    const sayUntil = async (type: string, body: string) => {
      for (let isSo = false; !isSo; ) {
        for (const person of [alice, bob]) isSo ||= typesOf(await say(person, channel_id, body)).includes(type);
      }
    };
    for (const guess of ['guess nothing', target - 1]) {
      for (const person of [alice, bob]) await say(person, channel_id, String(guess));
    }
    // Until one of them counts: on a busy machine the turn may pass before they have said it.
    await sayUntil('judge', 'guess 1');
    await sayUntil('game_end', String(target));
    await bob.call('leave_channel', { channel_id });
    await alice.call('post_message', { channel_id, body: 'well played' });
    await bob.call('join_channel', {
      invite_code: (await invited(alice, channel_id)).invite_code,
      entropy: 'two dice',
    });
    await say(bob, channel_id, '5');
    return game;
  }

  const invited = async (admin: Game['alice'], channel_id: string) =>
    (await admin.call('update_channel', { channel_id, ops: [{ type: 'new_invite', slot_id: 's2' }] })).invites[0];
});
