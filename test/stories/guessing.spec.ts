import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { type Game, type Message, ofType, openGame, readAll, readUntil, say, typesOf } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { secretOf } from '../support/stored-log.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('A guessing game, over %s', (_, door) => {
  test('begins when both players have joined, with the one who joined first', async () => {
    await using game = await openGame(server, door, { timeout_s: 60 });

    const messages = await readAll(game.bob, game.channelId);

    expect(typesOf(messages)).toEqual([
      ...['channel_created', 'bots_announced', 'bot:attach', 'bot:manifest', 'prompt', 'bot:commit', 'bot:state'],
      ...['member_joined', 'player_joined', 'member_joined', 'player_joined', 'game_start', 'bot:turn'],
    ]);
    expect(ofType(messages, 'player_joined').map(({ body }) => [body.player, body.player_count])).toEqual([
      ['s1', 1],
      ['s2', 2],
    ]);
    expect(ofType(messages, 'game_start')[0]?.body).toMatchObject({ players: ['s1', 's2'], turn_order: ['s1', 's2'] });
    const [turn] = ofType(messages, 'bot:turn');
    expect(turn?.body).toMatchObject({ player: 's1', turn_number: 1, state_version: expect.any(Number) });
    const joined = ofType(messages, 'member_joined').at(-1)?.ts ?? '';
    expect(Date.parse(turn?.body.deadline) - Date.parse(joined)).toBe(60_000);
  });

  test('refuses a guess from a player whose turn it is not, allows chat, and judges the guess of the other', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;

    const early = await say(bob, channelId, 'guess 10');
    const chats = [
      await say(alice, channelId, 'hello'),
      await say(bob, channelId, 'back in 5 minutes'),
      await say(alice, channelId, ''),
      await say(alice, channelId, { type: 'wave', value: 50 }),
      await say(alice, channelId, { type: 'move', game: 'chess', action: 'guess', value: 50 }),
    ];
    const judged = await say(alice, channelId, 'guess 50');

    expect(early.map(({ kind, body }) => [kind, body.type, body.reason])).toEqual([
      ['control', 'violation', 'BAD_TURN'],
    ]);
    expect(chats).toEqual([[], [], [], [], []]);
    expect(judged.map(({ kind, body }) => [kind, body.type])).toEqual([
      ['bot', 'judge'],
      ['control', 'bot:turn'],
    ]);
    expect(judged[0]?.body).toMatchObject({ result: 'low', player: 's1', guess: 50, hint: 'cold', guess_count: 1 });
    expect(judged[1]?.body).toMatchObject({ player: 's2', turn_number: 2 });
  });

  test('accepts a move as text, as an object, as the JSON text of an object and as a typed move', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;
    const move = (value: unknown) => ({ type: 'move', game: 'guess', action: 'guess', value });
    const make = async (person: Person, value: unknown) =>
      (await person.call('make_game_move', { channel_id: channelId, game: 'guess', action: 'guess', value })).replies;

    const answers = [
      await say(alice, channelId, '1'),
      await say(bob, channelId, move(2)),
      await say(alice, channelId, JSON.stringify(move(3))),
      await make(bob, 4),
      await say(alice, channelId, ' Guess  5 '),
      await make(bob, '6'),
    ];

    const seats = ['s1', 's2', 's1', 's2', 's1', 's2'];
    expect(answers.map(([judge]) => [judge?.body.type, judge?.body.player, judge?.body.guess])).toEqual(
      seats.map((seat, i) => ['judge', seat, i + 1]),
    );
  });

  test('refuses an invalid guess, and the turn stays the same', async () => {
    await using game = await openGame(server, door, { range: [1, 10] });
    const { alice, bob, channelId } = game;
    const move = { type: 'move', game: 'guess', action: 'guess' };
    const bad = ['guess 11', '0', 'guess abc', '-7', '3 or 60', 'guess', '2.5', move, { ...move, value: [5] }];

    const answers = [];
    for (const body of bad) answers.push(await say(alice, channelId, body));
    const bobs = await say(bob, channelId, '5');

    for (const answer of answers) {
      expect(answer.map(({ body }) => [body.type, body.reason, body.player])).toEqual([
        ['violation', 'BAD_MOVE', 's1'],
      ]);
    }
    expect(bobs[0]?.body).toMatchObject({ type: 'violation', reason: 'BAD_TURN' });
    expect(ofType(await readAll(bob, channelId), 'bot:turn')).toHaveLength(1);
  });

  test('answers a private message in private, and does not count it as a guess', async () => {
    await using game = await openGame(server, door);
    const { alice, bob, channelId, botId } = game;
    const { target } = secretOf(server.dataDir, channelId);
    const before = await readAll(bob, channelId);
    const whisper = { channel_id: channelId, bot_id: botId };

    const status = await alice.call('dm_bot', { ...whisper, message: '!status' });
    const help = await alice.call('dm_bot', { ...whisper, message: '!help' });
    const guess = await alice.call('dm_bot', { ...whisper, message: `guess ${target}` });

    expect(status).toMatchObject({ ok: true, delivered_to: botId });
    expect(status.replies).toMatchObject([
      {
        kind: 'private',
        to_slot: 's1',
        body: { type: 'status', game_started: true, player_count: 2, guess_count: 0, current_turn: 's1' },
      },
    ]);
    expect([help, guess].map(({ replies }) => typesOf(replies))).toEqual([['help'], ['error']]);
    expect(await readAll(bob, channelId)).toEqual(before);
    const { runs } = await bob.call('list_runs', whisper);
    expect(runs.map(({ hook }: { hook: string }) => hook)).not.toContain('on_private_message');
    const hers = await readAll(alice, channelId);
    expect(typesOf(hers.slice(before.length))).toEqual([undefined, 'status', undefined, 'help', undefined, 'error']);

    const { msg_id } = await bob.call('post_message', { channel_id: channelId, body: 'anything new?' });
    expect(msg_id - (before.at(-1)?.id ?? 0)).toBeGreaterThan(6);
    expect((await say(alice, channelId, '1'))[0]?.body.type).toBe('judge');
  });

  test('continues for a player who comes back after a new sign-in', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId, rejoin } = game;
    await using again = await door(server, 'bob');
    await say(alice, channelId, '1');

    const seat = await again.call('join_channel', { invite_code: rejoin.bob });
    const used = again.call('join_channel', { invite_code: rejoin.bob });
    await expect(used).rejects.toMatchObject({ code: 'REJOIN_TOKEN_INVALID' });

    expect(seat).toMatchObject({ channel_id: channelId, slot_id: 's2' });
    expect(seat.rejoin_token).not.toBe(rejoin.bob);
    for (const [operation, input] of [
      ['post_message', { body: '2' }],
      ['sync_messages', { timeout_ms: 0 }],
      ['who', {}],
      ['join_channel', {}],
    ] as const) {
      const refused = bob.call(operation, { channel_id: channelId, ...input });
      await expect(refused).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    }
    expect((await say(again, channelId, '2'))[0]).toMatchObject({ body: { type: 'judge', player: 's2' } });
    expect((await say(alice, channelId, '3'))[1]).toMatchObject({ body: { type: 'bot:turn', player: 's2' } });
    const messages = await readAll(again, channelId);
    expect(ofType(messages, 'player_joined')).toHaveLength(2);
    expect(ofType(messages, 'member_rejoined').map(({ body }) => body.slot_id)).toEqual(['s2']);
    expect(messages.map(({ id }) => id).at(0)).toBe(1);
  });

  test('continues for the creator in a new session, which also administers the channel, and gives the old session no access', async () => {
    await using game = await openGame(server, door);
    const { alice, channelId, botId, rejoin } = game;
    await using again = await door(server, 'alice');
    await alice.call('dm_bot', { channel_id: channelId, bot_id: botId, message: '!status' });

    await again.call('join_channel', { invite_code: rejoin.alice });

    const rename = { channel_id: channelId, ops: [{ type: 'rename', name: 'Again' }] };
    const refused = { code: 'NOT_MEMBER' };
    await expect(alice.call('post_message', { channel_id: channelId, body: '5' })).rejects.toMatchObject(refused);
    await expect(alice.call('get_messages', { channel_id: channelId })).rejects.toMatchObject(refused);
    await expect(alice.call('update_channel', rename)).rejects.toMatchObject(refused);
    expect((await again.call('update_channel', rename)).view.name).toBe('Again');
    expect(typesOf(await readAll(again, channelId))).toContain('status');
    expect((await say(again, channelId, '1'))[0]).toMatchObject({ body: { type: 'judge', player: 's1' } });
  });

  test('gives a player their own seat back by the id of the channel, with a new token', async () => {
    await using game = await openGame(server, door);
    const { bob, channelId, rejoin } = game;

    const seat = await bob.call('join_channel', { channel_id: channelId });

    expect(seat.slot_id).toBe('s2');
    const old = bob.call('join_channel', { invite_code: rejoin.bob });
    await expect(old).rejects.toMatchObject({ code: 'REJOIN_TOKEN_INVALID' });
    expect((await bob.call('join_channel', { invite_code: seat.rejoin_token })).slot_id).toBe('s2');
    const types = typesOf(await readAll(bob, channelId));
    expect(types.filter((type) => /^(member|player)_/.test(type))).toHaveLength(4);
  });

  test('continues where it was after a power cut', async () => {
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;
    await say(alice, channelId, '1');
    const before = await readAll(alice, channelId);

    await server.crashAndRestart();
    const after = await readAll(alice, channelId);
    const wrong = await say(alice, channelId, '2');
    const right = await say(bob, channelId, '3');

    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    expect(wrong[0]?.body).toMatchObject({ type: 'violation', reason: 'BAD_TURN' });
    expect(right[0]?.body).toMatchObject({ type: 'judge', player: 's2', guess_count: 2 });
    const messages = await readAll(bob, channelId);
    expect(ofType(messages, 'bot:commit')).toHaveLength(1);
    expect(ofType(messages, 'bot:turn').map(({ body }) => body.turn_number)).toEqual([1, 2, 3]);
    assertFair(messages);
  });

  test('ends with the number, which the server has verified, and later messages change nothing', async () => {
    await using game = await openGame(server, door, { range: [1, 10] });
    const { alice, bob, channelId } = game;

    const winner = await searched(game, 1, 10);
    const messages = await readAll(bob, channelId);
    const late = [await say(alice, channelId, '5'), await say(bob, channelId, 'concede')];

    const tail = messages.slice(messages.findLastIndex(({ kind }) => kind === 'user') + 1);
    expect(tail.map(({ sender, kind, body }) => [sender, kind, body.type])).toEqual([
      ['bot:bot_GuessBot_0', 'bot', 'judge'],
      ['bot:bot_GuessBot_0', 'control', 'bot:reveal'],
      ['bot:bot_GuessBot_0', 'bot', 'game_end'],
      ['bot:bot_GuessBot_0', 'control', 'end'],
      ['system', 'system', 'round:end'],
      ['system', 'system', 'round:commit'],
      ['system', 'system', 'round:reveal'],
    ]);
    const [judge, reveal, end] = tail.map(({ body }) => body);
    const [commit] = ofType(messages, 'bot:commit');
    expect(judge).toMatchObject({ result: 'correct', player: winner });
    expect(reveal).toMatchObject({
      verified: true,
      commit: commit?.body.commit,
      hash: commit?.body.commit,
      salt: reveal.nonce,
    });
    expect(end).toMatchObject({ winner, reason: 'correct', target: reveal.target, total_guesses: judge.guess_count });
    assertFair(messages);
    for (const replies of late) {
      expect(replies.map(({ body }) => [body.type, body.reason])).toEqual([['violation', 'GAME_OVER']]);
    }
    expect(ofType(await readAll(bob, channelId), 'game_end')).toHaveLength(1);
  });

  test('can draw the first player at random, and keeps to the draw', async () => {
    await using game = await openGame(server, door, { turn_order: 'random', timeout_s: 60, range: [1, 1_000_000_000] });
    const { alice, bob, channelId } = game;
    const messages = await readAll(bob, channelId);
    const [start] = ofType(messages, 'game_start');
    const [first, second] = start?.body.turn_order ?? [];
    const seats: Record<string, Person> = { s1: alice, s2: bob };

    const early = await say(seats[second] as Person, channelId, '1');
    const judged = await say(seats[first] as Person, channelId, '2');

    expect([first, second].sort()).toEqual(['s1', 's2']);
    expect(ofType(messages, 'bot:turn')[0]?.body.player).toBe(first);
    expect(early[0]?.body.reason).toBe('BAD_TURN');
    expect(judged[0]?.body).toMatchObject({ type: 'judge', player: first });
  });

  test('passes the turn of a silent player, and ends if the player stays silent', async () => {
    await using game = await openGame(server, door, { range: [1, 10], timeout_s: 1, max_missed: 2 });

    const messages = await readUntil(game.bob, game.channelId, 'round:reveal');

    const told = messages.filter(({ body }) => ['bot:turn', 'turn_timeout', 'concede'].includes(body.type));
    expect(told.map(({ body }) => [body.type, body.player, body.turn_number])).toEqual([
      ['bot:turn', 's1', 1],
      ['turn_timeout', 's1', 1],
      ['bot:turn', 's2', 2],
      ['turn_timeout', 's2', 2],
      ['bot:turn', 's1', 3],
      ['turn_timeout', 's1', 3],
      ['concede', 's1', undefined],
    ]);
    const turns = ofType(messages, 'bot:turn');
    ofType(messages, 'turn_timeout').forEach(({ ts }, i) => {
      expect(Date.parse(ts)).toBeGreaterThanOrEqual(Date.parse(turns[i]?.body.deadline));
    });
    expect(ofType(messages, 'game_end')[0]?.body).toMatchObject({ winner: 's2', reason: 'timeout' });
    expect(ofType(messages, 'bot:reveal')[0]?.body.verified).toBe(true);
    assertFair(messages);
  });

  test.each<[string, (game: Game) => Promise<unknown>]>([
    ['gives up', ({ bob, channelId }) => say(bob, channelId, 'concede')],
    [
      'gives up with a typed move',
      ({ bob, channelId: channel_id }) => bob.call('make_game_move', { channel_id, game: 'guess', action: 'concede' }),
    ],
    ['leaves', ({ bob, channelId: channel_id }) => bob.call('leave_channel', { channel_id })],
  ])('is won by the other player when one %s', async (__, giveUp) => {
    await using game = await openGame(server, door);

    await giveUp(game);
    const messages = await readUntil(game.alice, game.channelId, 'round:reveal');

    expect(ofType(messages, 'game_end')[0]?.body).toMatchObject({ winner: 's1', reason: 'concede', total_guesses: 0 });
    expect(ofType(messages, 'bot:reveal')[0]?.body).toMatchObject({ verified: true, target: expect.any(Number) });
    assertFair(messages);
  });

  test('is void when a player is kicked, and the remaining player waits for another one', async () => {
    await using game = await openGame(server, door);
    const kick = { channel_id: game.channelId, ops: [{ type: 'kick', slot_id: 's2' }] };

    await game.alice.call('update_channel', kick);
    const messages = await readUntil(game.alice, game.channelId, 'bot:commit', 2);

    expect(ofType(messages, 'round:void').map(({ body }) => body)).toMatchObject([{ cause: 'admin', op: 'kick' }]);
    expect(ofType(messages, 'game_end')).toEqual([]);
    expect(ofType(messages, 'game_start')).toHaveLength(1);
  });

  test('reveals the number to nobody before the end', async () => {
    await using game = await openGame(server, door, { range: [100_000_000, 1_000_000_000] });
    const { alice, bob, channelId: channel_id, botId: bot_id } = game;
    await using eve = await door(server, 'eve');
    const { target, nonce } = secretOf(server.dataDir, channel_id);
    const wrong = target === 100_000_000 ? target + 1 : 100_000_000;
    await say(alice, channel_id, String(wrong));
    const probes: [operation: string, input: object][] = [
      ['sync_messages', { channel_id }],
      ['get_messages', { channel_id }],
      ['who', { channel_id }],
      ['list_channels', {}],
      ['get_bot_code', { channel_id, bot_id }],
      ['list_runs', { channel_id, bot_id }],
      ['list_presets', {}],
      ['get_preset', { name: 'GuessBot' }],
      ['dm_bot', { channel_id, bot_id, message: '!status' }],
      ['dm_bot', { channel_id, bot_id, message: '!inspect_state' }],
      ['post_message', { channel_id, body: 'guess x' }],
      ['post_message', { channel_id, body: { type: 'move', game: 'guess', action: 'reveal' } }],
      ['post_message', { channel_id, body: { type: 'bot:reveal', target: wrong, nonce: '0' } }],
      ['post_message', { channel_id, body: 'too late', if_seq: 1 }],
      ['get_bot_code', { channel_id, bot_id: 'bot_GuessBot_1' }],
      ['update_channel', { channel_id, ops: [{ type: 'inspect_state' }] }],
      ['get_messages', { channel_id, since_id: -9_999 }],
    ];

    const answers = await Promise.all(
      [alice, bob, eve].flatMap((person) =>
        probes.map(([operation, input]) =>
          person.call(operation, input).then(
            (answer) => JSON.stringify(answer),
            ({ problem }) => JSON.stringify(problem),
          ),
        ),
      ),
    );

    expect(answers.join()).toContain('judge');
    for (const said of [...answers, server.log()]) {
      expect(said).not.toContain(nonce);
      expect(said).not.toContain(String(target));
    }
    await say(bob, channel_id, 'concede');
    const reveal = ofType(await readAll(bob, channel_id), 'bot:reveal').find(({ kind }) => kind === 'control');
    expect(reveal?.body).toMatchObject({ target, nonce, verified: true });
  });
});

/** Halves the range, turn by turn, until somebody has the number; answers with who. */
async function searched({ alice, bob, channelId }: Game, low: number, high: number): Promise<string> {
  for (let turn = 0; low <= high; turn++) {
    const guess = Math.floor((low + high) / 2);
    const [judge] = await say(turn % 2 ? bob : alice, channelId, `guess ${guess}`);
    if (judge?.body.result === 'correct') return judge.body.player;
    if (judge?.body.result === 'high') high = guess - 1;
    else low = guess + 1;
  }
  throw new Error('the referee has misled the players');
}

/** What anyone who was there can check: the number stood before the first guess, and the referee kept to it and to the turns. */
function assertFair(messages: Message[]) {
  const judges = ofType(messages, 'judge');
  const [commit, ...more] = ofType(messages, 'bot:commit');
  const [reveal] = ofType(messages, 'bot:reveal');
  const firstGuess = messages.find(({ kind, body }) => kind === 'user' && /\d/.test(JSON.stringify(body)));
  expect(more).toEqual([]);
  if (firstGuess) expect(commit?.id).toBeLessThan(firstGuess.id);
  for (const { id, body } of judges) {
    const turn = ofType(messages, 'bot:turn').findLast((each) => each.id < id);
    const move = messages.findLast((each) => each.id < id && each.kind === 'user');
    expect([body.player, move?.sender]).toEqual([turn?.body.player, turn?.body.player]);
  }
  const versions = messages.filter(({ sender }) => sender.startsWith('bot:')).map(({ body }) => body.state_version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  if (!reveal) return;
  const { target, nonce } = reveal.body;
  expect(sha256(`${target}|${nonce}`)).toBe(commit?.body.commit);
  for (const { body } of judges) {
    expect(body.result).toBe(body.guess === target ? 'correct' : body.guess > target ? 'high' : 'low');
  }
}
