import { describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openGame, say } from '../support/game.js';
import { bearer } from '../support/oauth.js';
import { openRoom, refusal } from '../support/rooms.js';
import { secretOf, storedChannel } from '../support/stored-log.js';
import { bodiesOf, closedIn, exported, openOf } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const server = useServer();
/** So that no guess ends the game by accident. */
const LARGE = { range: [1, 1_000_000_000], timeout_s: 600 };

describe.each(DOORS)('A transcript of a game, over %s', (_, door) => {
  test('contains nothing of the round in play, no matter who asks', async () => {
    await using game = await openGame(server, door, LARGE);
    const { alice, bob, channelId, botId } = game;
    await say(alice, channelId, 'guess 7');
    await bob.call('dm_bot', { channel_id: channelId, bot_id: botId, message: 'a word of bob to the bot' });
    await bob.call('post_message', { channel_id: channelId, to: 's1', body: 'a word of bob to alice' });
    const { target, nonce } = secretOf(server.dataDir, channelId);
    const { seeds, attachment } = storedChannel(server.dataDir, channelId);

    const [alices, bobs] = [await exported(alice, channelId), await exported(bob, channelId)];

    for (const { text, bundle } of [alices, bobs]) {
      for (const secret of [`${target}`, nonce, seeds.get(1) as string, attachment.state]) {
        expect(text).not.toContain(secret);
      }
      expect([bundle.states, bundle.exchanges, openOf(bundle, 'receipt'), openOf(bundle, 'timer')]).toEqual([
        {},
        [],
        [],
        [],
      ]);
      expect(closedIn(bundle)).toBeGreaterThan(4);
    }
    expect([alices, bobs].map(({ text }) => text.includes('a word of bob to the bot'))).toEqual([false, true]);
    expect([alices, bobs].map(({ text }) => text.includes('a word of bob to alice'))).toEqual([true, true]);
    expect([alices, bobs].map(({ bundle }) => bundle.viewer)).toEqual(['s1', 's2']);
  });

  test('contains all of a round that is over, and nothing of the next one', async () => {
    await using game = await openGame(server, door, LARGE);
    const { alice, bob, channelId, botId } = game;
    await say(alice, channelId, 'guess 7');
    await bob.call('dm_bot', { channel_id: channelId, bot_id: botId, message: 'a word of bob to the bot' });
    const { target } = secretOf(server.dataDir, channelId);
    await say(bob, channelId, `guess ${target}`);
    const { seeds, states } = storedChannel(server.dataDir, channelId);

    const { text, bundle } = await exported(alice, channelId);

    expect(bodiesOf(bundle, 'round:reveal')).toMatchObject([{ round: 1, seed: seeds.get(1) }]);
    expect(text).not.toContain(seeds.get(2) as string);
    const receipts = openOf(bundle, 'receipt').map(({ opening }) => opening.body);
    expect(receipts.map(({ run }) => run)).toEqual(receipts.map((_, i) => i + 1));
    expect(receipts.length).toBeGreaterThan(5);
    for (const { state_before, bundle_hash, code_hash } of receipts) {
      expect(bundle.states[state_before]).toEqual(JSON.parse(states.get(state_before) as string));
      expect([bundle.texts[bundle_hash]?.kind, bundle.sources[code_hash]?.language]).toEqual(['bundle', 'javascript']);
    }
    expect(text).not.toContain('a word of bob to the bot');
  });

  test('is given to members only, as the file is', async () => {
    await using room = await openRoom(server, door);
    const mallory = await room.mallory.arrive();

    const asked = await refusal(mallory.call('export_transcript', { channel_id: room.id }));
    const absent = await refusal(mallory.call('export_transcript', { channel_id: 'chn_00000000000' }));
    const file = (token: { access_token: string }) =>
      fetch(`${server.url}/channels/${room.id}/transcript`, { headers: bearer(token) });
    const fetched = await file({ access_token: mallory.token });
    const anonymous = await fetch(`${server.url}/channels/${room.id}/transcript`);

    expect([asked.code, absent.code]).toEqual(['NOT_MEMBER', 'NOT_MEMBER']);
    expect([fetched.status, await fetched.json()]).toMatchObject([403, { code: 'NOT_MEMBER' }]);
    expect([anonymous.status, await anonymous.json()]).toMatchObject([401, { code: 'AUTHENTICATION_REQUIRED' }]);
  });

  test('has an alarm once the round in which it rang is over, and never one that was stopped', async () => {
    await using room = await openRoom(server, door, { bot_code: ALARMS });
    const { alice, id } = room;
    await say(alice, id, 'wind');
    for (let rang = false; !rang; ) {
      const { messages } = await alice.call('sync_messages', { channel_id: id, cursor: 0, timeout_ms: 1_000 });
      rang = messages.some(({ body }: { body: { type: string } }) => body.type === 'rang');
    }
    const before = await exported(alice, id);
    await say(alice, id, 'finish');

    const after = await exported(alice, id);

    expect(openOf(before.bundle, 'timer')).toEqual([]);
    expect(openOf(after.bundle, 'timer').map(({ opening }) => opening.body)).toEqual([{ name: 'rings' }]);
  });

  test('has a sealed message for its sender, and for everybody once the bot has revealed it', async () => {
    await using room = await openRoom(server, door, { bot_code: SEALED });
    const { alice, bob, id } = room;
    const bid = { channel_id: id, to: 'bot_Sealed_0', sealed: true, body: 'a sealed bid' };
    await bob.call('post_message', bid);

    const early = [await exported(alice, id), await exported(bob, id)];
    await say(alice, id, 'open');
    const late = await exported(alice, id);

    expect(early.map(({ text }) => text.includes('a sealed bid'))).toEqual([false, true]);
    expect(openOf(late.bundle, 'sealed').map(({ opening }) => opening.body)).toEqual([{ text: 'a sealed bid' }]);
  });

  test('shows the new holder of a seat nothing of the former one', async () => {
    await using room = await openRoom(server, door);
    const { alice, bob, mallory, id } = room;
    await alice.call('post_message', { channel_id: id, to: 's2', body: 'only for bob' });
    const his = await exported(bob, id);
    await bob.call('leave_channel', { channel_id: id });
    const { invites } = await alice.call('update_channel', {
      channel_id: id,
      ops: [{ type: 'new_invite', slot_id: 's2' }],
    });
    await mallory.call('join_channel', { invite_code: invites[0].invite_code });

    const next = await exported(mallory, id);
    const old = await fetch(his.told.url);

    expect(his.text).toContain('only for bob');
    expect(next.bundle.viewer).toBe('s2');
    expect(next.text).not.toContain('only for bob');
    expect([old.status, await old.json()]).toMatchObject([404, { code: 'TRANSCRIPT_LINK_INVALID' }]);
  });
});

const ALARMS = `class Alarms {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    if (body.text === 'wind') { this.ctx.setTimer('rings', 0.1); this.ctx.setTimer('late', 600); }
    if (body.text === 'finish') { this.ctx.clearTimer('late'); this.ctx.finish({}); }
  }
  onTimer(name) { this.ctx.post('bot', { type: 'rang', name }); }
}`;

const SEALED = `class Sealed {
  constructor(ctx) { this.ctx = ctx; }
  onPrivateMessage(_, { id }) { this.ctx.setState({ id }); }
  onMessage({ body }) { if (body.text === 'open') this.ctx.reveal(this.ctx.getState().id); }
}`;
