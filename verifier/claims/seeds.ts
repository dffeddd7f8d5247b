import type { Bot, Round } from '../bundle/bots.js';
import type { Model } from '../bundle/model.js';
import { fromHex, isNamedHash, namedHash } from '../encoding/hashes.js';
import type { ClaimDraft } from '../report/claim.js';

/** Each seed was committed to before its round, and is revealed when the round is over. */
export function checkSeeds(claim: ClaimDraft, { bots, log }: Model) {
  for (const bot of bots.values()) {
    for (const [i, round] of bot.rounds.entries()) checkRound(claim, bot, round, i);
    const isClosed = [...log.ofServer('close_applied')].length > 0;
    const open = bot.rounds.find(({ revealedAt }) => revealedAt === undefined);
    if (isClosed && open)
      claim.invalid('the channel is closed, and the seed of the round is not revealed', open.committedAt);
  }
  checkStrays(claim, { bots, log });
}

function checkRound(claim: ClaimDraft, bot: Bot, round: Round, i: number) {
  const { committedAt, endedAt, voidedAt, revealedAt, reveal, seedCommit } = round;
  claim.count();
  if (round.round !== i + 1) claim.invalid('the rounds of the bot are not numbered in order', committedAt);
  if (!isNamedHash(seedCommit)) claim.invalid('the round begins without a commitment to its seed', committedAt);
  const next = bot.rounds[i + 1];
  if (next && revealedAt === undefined)
    claim.invalid('a round begins before the seed of the one before it is revealed', next.committedAt);
  if (endedAt !== undefined && (revealedAt === undefined || !next)) {
    claim.invalid('the round is over, and its seed is not revealed, or the next one is not committed to', endedAt);
  } else if (endedAt !== undefined && (next as Round).committedAt > (revealedAt as number)) {
    claim.invalid('the seed is revealed before the next one is committed to', revealedAt);
  }
  if (voidedAt !== undefined && revealedAt === undefined) {
    claim.invalid('the round is void, and its seed is not revealed', voidedAt);
  }
  if (revealedAt === undefined || reveal === undefined) return;
  const seed = typeof reveal.seed === 'string' ? fromHex(reveal.seed, 32) : undefined;
  const isKept = seed !== undefined && namedHash('parley-seed-v1', seed) === seedCommit;
  if (!isKept || reveal.seed_commit !== seedCommit)
    claim.invalid('the seed is not the one that was committed to', revealedAt);
}

/** Entries about rounds that no round has. */
function checkStrays(claim: ClaimDraft, { bots, log }: Pick<Model, 'bots' | 'log'>) {
  for (const { seq, opening } of log.ofServer()) {
    const { type, bot_id } = opening.body;
    if (type !== 'round:end' && type !== 'round:void' && type !== 'round:reveal' && type !== 'round:commit') continue;
    const rounds = bots.get(String(bot_id))?.rounds ?? [];
    const isOfRound = rounds.some(({ endedAt, voidedAt, revealedAt, committedAt }) =>
      [endedAt, voidedAt, revealedAt, committedAt].includes(seq),
    );
    if (!isOfRound) claim.invalid('the entry is about no open round of a bot', seq);
  }
}

/** The revealed seed of a round. */
export const seedOf = ({ reveal }: Round): Uint8Array | undefined =>
  typeof reveal?.seed === 'string' ? fromHex(reveal.seed, 32) : undefined;
