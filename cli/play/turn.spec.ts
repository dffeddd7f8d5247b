import { describe, expect, test } from '@jest/globals';
import type { ChannelMessage } from '../server/message.js';
import { PlayedTurn } from './turn.js';

const from = (sender: string, id: number, body: object): ChannelMessage => ({
  id,
  channel_id: 'chn_1',
  sender,
  kind: sender.startsWith('bot:') ? 'control' : 'user',
  body: { ...body },
  ts: '2026-11-21T12:00:00.000Z',
  to_slot: null,
});
const bot = (id: number, type: string, more: object = {}) => from('bot:bot_1', id, { type, ...more });

function turnOf(...heard: ChannelMessage[]) {
  const turn = new PlayedTurn('s1', false);
  for (const message of heard) turn.heard(message);
  turn.caughtUp();
  return turn;
}

describe('It is my turn', () => {
  test.each<[string, ChannelMessage[], boolean]>([
    ['when a bot gives it to me', [bot(1, 'bot:turn', { player: 's1' })], true],
    ['not when it gives it to somebody else', [bot(1, 'bot:turn', { player: 's2' })], false],
    ['not when it has passed on', [bot(1, 'bot:turn', { player: 's1' }), bot(2, 'bot:turn', { player: 's2' })], false],
    ['not when the round is over', [bot(1, 'bot:turn', { player: 's1' }), bot(2, 'round:end')], false],
    ['not because a member says so', [from('s2', 1, { type: 'bot:turn', player: 's1' })], false],
  ])('%s', (_, heard, isMine) => {
    expect(turnOf(...heard).isMine).toBe(isMine);
  });

  test.each<[string, boolean, string[]]>([
    ['is waited for', false, ['given', 'spoke']],
    ['is not waited for at once', true, ['spoke', 'given']],
  ])('and stays so when a bot starts to announce turns, which %s', async (_, isAtOnce, expected) => {
    const turn = new PlayedTurn('s1', true, isAtOnce);
    turn.caughtUp();
    const isFreeBefore = await turn.waitForTurn();
    turn.heard(bot(1, 'bot:turn', { player: 's2' }));

    const order: string[] = [];
    const spoken = turn.waitForTurn().then(() => order.push('spoke'));
    await new Promise(setImmediate);
    order.push('given');
    turn.heard(bot(2, 'bot:turn', { player: 's1' }));
    await spoken;

    expect(isFreeBefore).toBe(true);
    expect(order).toEqual(expected);
  });

  test('until a bot has answered me', () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's1' }));

    turn.said({ msg_id: 2, replies: [] });
    expect(turn.isMine).toBe(true);
    turn.said({ msg_id: 3, replies: [{ id: 4 }] });
    expect(turn.isMine).toBe(false);
  });

  test('again after a move that was refused', () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's1' }));
    turn.said({ msg_id: 2, replies: [{ id: 3 }] });

    turn.heard(bot(3, 'violation', { player: 's1' }));

    expect(turn.isMine).toBe(true);
  });

  test('only after all earlier messages were read', () => {
    const turn = new PlayedTurn('s1', false);
    turn.heard(bot(1, 'bot:turn', { player: 's1' }));

    expect(turn.isMine).toBe(false);
  });
});

test('A turn has the deadline of its announcement, and the next turn its own', () => {
  const deadline = '2026-11-21T12:00:30.000Z';
  const turn = turnOf(bot(1, 'bot:turn', { player: 's1', deadline }));
  expect(turn.deadline).toEqual(new Date(deadline));

  turn.heard(bot(2, 'bot:turn', { player: 's1' }));

  expect(turn.deadline).toBeUndefined();
});

describe('Waiting for my turn', () => {
  test('ends with the turn', async () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's2' }));
    const comes = turn.waitForTurn();

    turn.heard(bot(2, 'bot:turn', { player: 's1' }));

    expect(await comes).toBe(true);
  });

  test.each<[string, (turn: PlayedTurn) => void]>([
    ['the round', (turn) => turn.heard(bot(2, 'round:end'))],
    ['the channel', (turn) => turn.end()],
  ])('ends with %s, and then nobody may post', async (_, happens) => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's2' }));
    const comes = turn.waitForTurn();

    happens(turn);

    expect(await comes).toBe(false);
  });

  test('is not needed if the bot has no turns', async () => {
    const turn = new PlayedTurn('s1', true);
    turn.caughtUp();

    expect(await turn.waitForTurn()).toBe(true);
  });
});
