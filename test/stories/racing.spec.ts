import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person, rejectedWith } from '../support/doors.js';
import { type Message, ofType, openGame, readAll, typesOf } from '../support/game.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf } from '../support/stored-log.js';

const PAIRS = 50;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const isFulfilled = ({ status }: PromiseSettledResult<unknown>) => status === 'fulfilled';

describe.each(DOORS)('Two guesses at the same time, over %s', (_, door) => {
  test('from one player count as one move and one refusal, in fifty tries', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId: channel_id } = game;
    const values = wrongValues(channel_id, 2 * PAIRS);

    const verdicts: string[][] = [];
    for (const pair of numbers(PAIRS)) {
      const player = pair % 2 ? bob : alice;
      const guesses = values.slice(2 * pair, 2 * pair + 2);
      const answers = await Promise.all(
        guesses.map((body) => player.call('post_message', { channel_id, body: String(body), wait_ms: 30_000 })),
      );
      verdicts.push(answers.map(({ replies }) => typesOf(replies).join()).sort());
    }

    expect(verdicts).toEqual(numbers(PAIRS).map(() => ['judge,bot:turn', 'violation']));
    assertOneMoveATurn(await readAll(bob, channel_id), PAIRS);
  });

  test('from both players never count as two moves in one turn, in fifty tries', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId: channel_id } = game;
    const values = wrongValues(channel_id, 2 * PAIRS);

    for (const pair of numbers(PAIRS)) {
      const answers = await Promise.all(
        [alice, bob].map((player, i) =>
          player.call('post_message', { channel_id, body: String(values[2 * pair + i]), wait_ms: 30_000 }),
        ),
      );
      expect(answers.map(({ replies }) => replies.length)).not.toContain(0);
    }

    const messages = await readAll(bob, channel_id);
    const judged = ofType(messages, 'judge').length;
    assertOneMoveATurn(messages, judged);
    expect(judged).toBeGreaterThanOrEqual(PAIRS);
    expect(judged + ofType(messages, 'violation').length).toBe(2 * PAIRS);
  });
});

describe.each(DOORS)('Callers who join at the same time, over %s', (_, door) => {
  test('ten with the same invite get one seat', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', { name: 'Race', slots: ['invite:player'] });
    const crowd = await crowdOf(10);

    const results = await Promise.allSettled(
      crowd.map((runner) => runner.call('join_channel', { invite_code: invites[0] })),
    );

    expect(results.filter(isFulfilled)).toHaveLength(1);
    expect(results.filter(rejectedWith('INVITE_INVALID'))).toHaveLength(9);
    const winner = crowd[results.findIndex(isFulfilled)] as Person;
    expect(ofType(await readAll(winner, channel_id), 'member_joined')).toHaveLength(1);
    const seen = await Promise.allSettled(crowd.map((runner) => runner.call('who', { channel_id })));
    expect(seen.filter(isFulfilled)).toHaveLength(1);
  });

  test('ten for the last free seat of a public channel get one seat', async () => {
    await using alice = await door(server, 'alice');
    const { channel_id } = await alice.call('create_channel', {
      name: 'Open race',
      slots: ['invite:player'],
      visibility: 'public',
    });
    const crowd = await crowdOf(10);

    const results = await Promise.allSettled(crowd.map((runner) => runner.call('join_channel', { channel_id })));

    expect(results.filter(isFulfilled)).toHaveLength(1);
    expect(results.filter(rejectedWith('CHANNEL_FULL'))).toHaveLength(9);
    expect(ofType(await readAll(alice, channel_id), 'member_joined')).toHaveLength(1);
  });

  test('two with the same rejoin token get one seat', async () => {
    await using game = await openGame(server, door);
    const thieves = await crowdOf(2);

    const results = await Promise.allSettled(
      thieves.map((thief) => thief.call('join_channel', { invite_code: game.rejoin.bob })),
    );

    expect(results.filter(isFulfilled)).toHaveLength(1);
    expect(results.filter(rejectedWith('REJOIN_TOKEN_INVALID'))).toHaveLength(1);
    expect(ofType(await readAll(game.alice, game.channelId), 'member_rejoined')).toHaveLength(1);
  });

  test('two who join a game start it once', async () => {
    await using alice = await door(server, 'alice');
    const people = await crowdOf(2);
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Both',
      slots: ['bot:referee', 'invite:one', 'invite:two'],
      bot_preset: 'GuessBot',
    });

    const seats = await Promise.all(people.map((one, i) => one.call('join_channel', { invite_code: invites[i] })));
    const messages = await readAll(people[0] as Person, channel_id);

    expect(seats.map(({ slot_id }) => slot_id)).toEqual(['s1', 's2']);
    const order = ofType(messages, 'member_joined').map(({ body }) => body.slot_id);
    expect(ofType(messages, 'game_start').map(({ body }) => body.players)).toEqual([order]);
    expect(ofType(messages, 'bot:turn').map(({ body }) => body.player)).toEqual([order[0]]);
  });

  test('one account that takes both seats of a contest gets one', async () => {
    await using alice = await door(server, 'alice');
    const { invites } = await alice.call('create_channel', {
      name: 'Greedy',
      slots: ['bot:referee', 'invite:one', 'invite:two'],
      bot_preset: 'GuessBot',
      distinct_members: true,
    });

    const results = await Promise.allSettled(
      invites.map((invite_code: string) => alice.call('join_channel', { invite_code })),
    );

    expect(results.filter(isFulfilled)).toHaveLength(1);
    expect(results.filter(rejectedWith('DISTINCT_MEMBERS_REQUIRED'))).toHaveLength(1);
  });

  const crowdOf = (count: number) => Promise.all(numbers(count).map((i) => door(server, `runner-${i}`)));
});

describe.each(DOORS)('Many posts at the same time, over %s', (_, door) => {
  test('twenty posts get twenty consecutive numbers', async () => {
    const { alice, bob, channel_id } = await quietChannel();

    const posted = await Promise.all(
      numbers(20).map((i) => (i % 2 ? bob : alice).call('post_message', { channel_id, body: `word ${i}` })),
    );

    const ids = posted.map(({ msg_id }) => msg_id);
    expect([...ids].sort((a, b) => a - b)).toEqual(numbers(20).map((i) => i + 4));
    const messages = await readAll(bob, channel_id);
    expect(messages.map(({ id }) => id)).toEqual(numbers(23).map((i) => i + 1));
    for (const [i, id] of ids.entries()) {
      expect(messages[id - 1]).toMatchObject({ id, sender: i % 2 ? 's1' : 's0', body: { text: `word ${i}` } });
    }
  });

  test('of two posts with the same if_seq, one is refused with STALE_READ', async () => {
    const { alice, bob, channel_id } = await quietChannel();
    const { cursor } = await alice.call('get_messages', { channel_id });

    const results = await Promise.allSettled(
      [alice, bob].map((person) => person.call('post_message', { channel_id, body: 'mine', if_seq: cursor })),
    );

    expect(results.filter(isFulfilled)).toHaveLength(1);
    const [refused] = results.filter(rejectedWith('STALE_READ')) as PromiseRejectedResult[];
    expect(refused?.reason.problem).toMatchObject({ newest: cursor + 1, changes_since_read: 1 });
    expect(await readAll(alice, channel_id)).toHaveLength(cursor + 1);
  });

  async function quietChannel() {
    const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Talk',
      slots: ['invite:alice', 'invite:bob'],
    });
    await alice.call('join_channel', { invite_code: invites[0] });
    await bob.call('join_channel', { invite_code: invites[1] });
    return { alice, bob, channel_id };
  }
});

function wrongValues(channelId: string, count: number): number[] {
  const { target } = secretOf(server.dataDir, channelId);
  return numbers(count).map((i) => (i + 1 < target ? i + 1 : i + 2));
}

/** Between two turns there is exactly one judgement, of the player whose turn it was. */
function assertOneMoveATurn(messages: Message[], moves: number) {
  const story = messages.filter(({ body }) => body.type === 'bot:turn' || body.type === 'judge');
  expect(story).toHaveLength(2 * moves + 1);
  for (const move of numbers(moves)) {
    const [turn, judge] = story.slice(2 * move, 2 * move + 2).map(({ body }) => body);
    expect([turn.type, turn.turn_number, judge.type]).toEqual(['bot:turn', move + 1, 'judge']);
    expect([judge.player, judge.guess_count]).toEqual([turn.player, move + 1]);
  }
}
