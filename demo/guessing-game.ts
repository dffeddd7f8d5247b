import { createHash } from 'node:crypto';
import type { Session } from './sessions.js';
import { note, say, Transcript } from './transcript.js';

/** Two sessions play GuessBot to the reveal, and the demo checks the commitment itself. */
export async function guessingGame(alice: Session, bob: Session) {
  const { channel_id, invites } = await alice.call('create_channel', {
    name: 'Guess the number',
    slots: ['bot:referee', 'invite:alice', 'invite:bob'],
    bot_preset: 'GuessBot',
  });
  const transcript = new Transcript(bob, channel_id, { s1: 'Alice', s2: 'Bob' });
  await alice.call('join_channel', { invite_code: invites[0], entropy: 'a coin that Alice flipped' });
  await bob.call('join_channel', { invite_code: invites[1] });
  await transcript.print();

  await readTheReferee(bob, channel_id, transcript);
  await play([alice, bob], channel_id, transcript);
  checkCommitment(transcript);
}

/** Bob has never seen this bot: he reads its source and hashes it. */
async function readTheReferee(bob: Session, channel_id: string, transcript: Transcript) {
  const { bot_id, code_hash } = transcript.find('bot:attach').body;
  const { inline_code } = await bob.call('get_bot_code', { channel_id, bot_id });
  const own = `sha256:${createHash('sha256').update(inline_code).digest('hex')}`;
  if (own !== code_hash) throw new Error('the source is not what was announced');
  say();
  note(`Bob reads the referee's ${inline_code.split('\n').length} lines and hashes them: ${own.slice(0, 30)}…`);
  note('It is the hash that was announced before anyone joined.');
  say();
}

async function play(players: [Session, Session], channel_id: string, transcript: Transcript) {
  let [low, high] = [1, 100];
  for (let turn = 0; ; turn++) {
    const guess = Math.floor((low + high) / 2);
    // Turns alternate; a text and a typed move are the same to the referee.
    const player = players[turn % 2] as Session;
    const { replies } =
      turn % 2
        ? await player.call('make_game_move', { channel_id, game: 'guess', action: 'guess', value: guess })
        : await player.call('post_message', { channel_id, body: `guess ${guess}` });
    await transcript.print();
    const verdict = replies.find(({ body }: { body: { type: string } }) => body.type === 'judge').body.result;
    if (verdict === 'correct') return;
    if (verdict === 'high') high = guess - 1;
    else low = guess + 1;
  }
}

function checkCommitment(transcript: Transcript) {
  const { commit } = transcript.find('bot:commit').body;
  const { target, nonce, verified } = transcript.find('bot:reveal').body;
  const own = createHash('sha256').update(`${target}|${nonce}`).digest('hex');
  if (own !== commit || verified !== true) throw new Error('the number is not the one committed to');
  const { seed, seed_commit } = transcript.find('round:reveal').body;
  const ownSeed = createHash('sha256')
    .update('parley-seed-v1')
    .update(Buffer.from(String(seed), 'hex'))
    .digest('hex');
  if (`sha256:${ownSeed}` !== seed_commit) throw new Error('the seed is not the one committed to');
  say();
  note(`sha256("${target}|${nonce}")`);
  note(`  = ${own}: what GuessBot had posted before the first guess.`);
  note(
    'sha256("parley-seed-v1" || seed) is the seed_commit of bot:attach: run the source with it, and it draws that number.',
  );
}
