import type { Session } from './sessions.js';
import { note, say, Transcript } from './transcript.js';

/** Two sessions play a hand of blackjack at a table that is then closed, so that everything of it is revealed. Returns the channel. */
export async function blackjackGame(alice: Session, bob: Session): Promise<string> {
  const { channel_id, invites } = await alice.call('create_channel', {
    name: 'Blackjack',
    slots: ['bot:dealer', 'invite:alice', 'invite:bob'],
    bot_preset: 'BlackjackBot',
    bot_params: { decision_s: 600, betting_s: 600 },
    entropy: 'a card that Alice drew',
  });
  const transcript = new Transcript(bob, channel_id, { s1: 'Alice', s2: 'Bob' });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1], entropy: 'dice that Bob has rolled' });
  for (const [player, body] of [
    [alice, 'seed a coin that Alice flipped'],
    [bob, 'seed a card that Bob drew'],
    [alice, 'bet 10'],
    [bob, 'bet 5'],
  ] as const) {
    await player.call('post_message', { channel_id, body });
  }
  await transcript.print();
  await play({ s1: alice, s2: bob }, channel_id, transcript);
  await alice.call('update_channel', { channel_id, ops: [{ type: 'close' }] });
  await transcript.print();
  say();
  note('The hand is settled, and Alice has closed the table: the server has revealed its seed.');
  return channel_id;
}

/** Each draws to 15, until the hand is settled. */
async function play(players: Readonly<Record<string, Session>>, channel_id: string, transcript: Transcript) {
  while (!transcript.has('results')) {
    const { player, hand } = transcript.find('bot:turn').body as { player: string; hand: string[] };
    await players[player]?.call('post_message', { channel_id, body: leastOf(hand) < 15 ? 'hit' : 'stand' });
    await transcript.print();
  }
}

/** What the cards count at least: an ace is 1. */
const leastOf = (hand: readonly string[]) =>
  hand.reduce((sum, card) => sum + (Number.parseInt(card, 10) || (card.startsWith('A') ? 1 : 10)), 0);
