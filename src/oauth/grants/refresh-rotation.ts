import { type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { Session } from '../sessions/session.entity.js';

/**
 * Some clients refresh twice at once, or lose the response and repeat the request. Within this time a repeat is
 * accepted.
 */
export const GRACE_MS = 60_000;

/**
 * Marks a refresh token as used. False if a token of the session of the same or a later generation was used before:
 * then two parties use the session, and one of them may have stolen a token.
 */
export async function claimRefreshToken(tx: EntityManager, token: RefreshToken, now: number): Promise<boolean> {
  const { hash, sessionId, generation } = token;
  const { affected } = await tx.update(RefreshToken, { hash, rotatedAt: IsNull() }, { rotatedAt: now });
  const older = { id: sessionId, usedGeneration: LessThan(generation) };
  const { affected: isNewest } = await tx.update(Session, older, { usedGeneration: generation });
  // The client has this token, so the sealed copies of earlier successors are no longer needed.
  await tx.update(RefreshToken, { sessionId, successor: Not(IsNull()) }, { successor: null });
  return affected === 1 && isNewest === 1;
}

/**
 * Whether a second use of a token is a legitimate repeat: soon after the first, and before its successor was used. Once
 * the successor was used, the client has its new tokens, so the old token is used by someone else.
 */
export function isRepeat(
  { rotatedAt, generation }: Pick<RefreshToken, 'rotatedAt' | 'generation'>,
  usedGeneration: number,
  now: number,
): boolean {
  // The difference is absolute because the system clock may have been set back.
  return rotatedAt !== null && Math.abs(now - rotatedAt) <= GRACE_MS && generation >= usedGeneration;
}
