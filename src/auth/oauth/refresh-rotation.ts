import { type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { Session } from '../session.entity.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Clients refresh twice at once, or lose the answer and ask again. For this long that is no theft. */
export const GRACE_MS = 60_000;

/**
 * Takes the token's one use. False: another token of its session, as new or newer, was used before it. A session has one
 * line of tokens, so of two ends that are both in use one is somebody else's.
 */
export async function claimRefreshToken(tx: EntityManager, token: RefreshToken, now: number): Promise<boolean> {
  const { hash, sessionId, generation } = token;
  const { affected } = await tx.update(RefreshToken, { hash, rotatedAt: IsNull() }, { rotatedAt: now });
  const older = { id: sessionId, usedGeneration: LessThan(generation) };
  const { affected: isNewest } = await tx.update(Session, older, { usedGeneration: generation });
  // Whoever uses this token has it: nobody needs to be told again what it was the successor of.
  await tx.update(RefreshToken, { sessionId, successor: Not(IsNull()) }, { successor: null });
  return affected === 1 && isNewest === 1;
}

/**
 * Whether a second use is the client repeating itself: soon after the first, and before its successor was used. Once that
 * was, the client has its new tokens, and whoever comes with the old one is somebody else.
 */
export function isRepeat(
  { rotatedAt, generation }: Pick<RefreshToken, 'rotatedAt' | 'generation'>,
  usedGeneration: number,
  now: number,
): boolean {
  // The system clock may have been set back in between.
  return rotatedAt !== null && Math.abs(now - rotatedAt) <= GRACE_MS && generation >= usedGeneration;
}
