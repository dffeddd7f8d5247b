import { describe, expect, test } from '@jest/globals';
import type { Message } from '../message.js';
import { Turn } from './turn.js';

const from = (sender: string, id: number, body: object): Message => ({
  id,
  channel_id: 'chn_1',
  sender,
  kind: sender.startsWith('bot:') ? 'control' : 'user',
  body: { ...body },
  ts: '2026-11-21T12:00:00.000Z',
  to_slot: null,
});
const bot = (id: number, type: string, more: object = {}) => from('bot:bot_1', id, { type, ...more });

function turnOf(...heard: Message[]) {
  const turn = new Turn('s1', false);
  for (const message of heard) turn.heard(message);
  turn.caughtUp();
  return turn;
}

describe('It is my turn', () => {
  test.each<[string, Message[], boolean]>([
    ['when a bot gives it to me', [bot(1, 'bot:turn', { player: 's1' })], true],
    ['not when it gives it to somebody else', [bot(1, 'bot:turn', { player: 's2' })], false],
    ['not when it has passed on', [bot(1, 'bot:turn', { player: 's1' }), bot(2, 'bot:turn', { player: 's2' })], false],
    ['not when the round is over', [bot(1, 'bot:turn', { player: 's1' }), bot(2, 'round:end')], false],
    ['not because a member says so', [from('s2', 1, { type: 'bot:turn', player: 's1' })], false],
  ])('%s', (_, heard, isMine) => {
    expect(turnOf(...heard).isMine).toBe(isMine);
  });

  test('until a bot has answered me, and still when it was only talk', () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's1' }));

    turn.said({ msg_id: 2, replies: [] });
    expect(turn.isMine).toBe(true);
    turn.said({ msg_id: 3, replies: [{ id: 4 }] });
    expect(turn.isMine).toBe(false);
  });

  test('again after a move that was none', () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's1' }));
    turn.said({ msg_id: 2, replies: [{ id: 3 }] });

    turn.heard(bot(3, 'violation', { player: 's1' }));

    expect(turn.isMine).toBe(true);
  });

  test('only once everything that was said before is read', () => {
    const turn = new Turn('s1', false);
    turn.heard(bot(1, 'bot:turn', { player: 's1' }));

    expect(turn.isMine).toBe(false);
  });
});

describe('Waiting for my turn', () => {
  test('ends with it', async () => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's2' }));
    const comes = turn.comes();

    turn.heard(bot(2, 'bot:turn', { player: 's1' }));

    expect(await comes).toBe(true);
  });

  test.each<[string, (turn: Turn) => void]>([
    ['the round', (turn) => turn.heard(bot(2, 'round:end'))],
    ['the channel', (turn) => turn.end()],
  ])('ends with %s, and then nobody may speak', async (_, happens) => {
    const turn = turnOf(bot(1, 'bot:turn', { player: 's2' }));
    const comes = turn.comes();

    happens(turn);

    expect(await comes).toBe(false);
  });

  test('is not needed where nobody gives turns', async () => {
    const turn = new Turn('s1', true);
    turn.caughtUp();

    expect(await turn.comes()).toBe(true);
  });
});
