import type { Session } from './sessions.js';
import { note, say, Transcript } from './transcript.js';

const SOURCE = `class DiceBot {
  constructor(ctx) { this.ctx = ctx; }

  onMessage({ sender, body }) {
    const [, count, sides] = /^roll (\\d)d(\\d+)$/.exec(body.text ?? '') ?? [];
    if (!count) return;
    const dice = Array.from({ length: Number(count) }, () => 1 + this.ctx.random(Number(sides)));
    const rolls = [...this.ctx.getState().rolls ?? [], { sender, dice }];
    this.ctx.setState({ rolls });
    this.ctx.post('bot', { type: 'rolled', player: sender, dice, total: dice.reduce((a, b) => a + b) });
  }
}
`;

/** A referee written on the spot: it runs in a sandbox, and everybody can read it. */
export async function diceBot(alice: Session, bob: Session) {
  say(SOURCE.replace(/^/gm, '      ').trimEnd());
  const { channel_id, invites } = await bob.call('create_channel', {
    name: 'Dice',
    slots: ['bot:dice', 'invite:alice', 'invite:bob'],
    bot_code: SOURCE,
  });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  const transcript = new Transcript(alice, channel_id, { s1: 'Alice', s2: 'Bob' });
  await bob.call('post_message', { channel_id, body: 'roll 2d6' });
  await alice.call('post_message', { channel_id, body: 'roll 2d6' });
  await alice.call('post_message', { channel_id, body: 'good game' });
  say();
  await transcript.print();
  say();
  note(`It ran on ${transcript.find('bot:attach').body.runtime}.`);
  note('The gaps between the numbers are receipts: hidden entries that say which code turned which state into which.');
}
