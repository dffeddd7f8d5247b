import { type EntityManager, IsNull, LessThan } from 'typeorm';
import { Session } from '../session.entity.js';
import { RefreshToken } from './refresh-token.entity.js';

/** Clients refresh twice at once, or lose the answer and ask again. For this long that is no theft. */
export const GRACE_MS = 60_000;

/** Takes the token's one use. False: it was used before, and not as a client with bad luck would. */
export async function claimRefreshToken(tx: EntityManager, token: RefreshToken, now: number): Promise<boolean> {
  const { hash, sessionId, generation } = token;
  const { affected } = await tx.update(RefreshToken, { hash, rotatedAt: IsNull() }, { rotatedAt: now });
  if (affected) {
    const older = { id: sessionId, usedGeneration: LessThan(generation) };
    await tx.update(Session, older, { usedGeneration: generation });
    return true;
  }
  const used = await tx.findOneByOrFail(RefreshToken, { hash });
  const { usedGeneration } = await tx.findOneByOrFail(Session, { id: sessionId });
  return isRepeat(used, usedGeneration, now);
}

/**
 * Whether a second use is the client repeating itself: soon after the first, and before any successor was used. Once one
 * was, the client has its new tokens, and whoever comes with the old one is somebody else.
 */
export function isRepeat(
  { rotatedAt, generation }: Pick<RefreshToken, 'rotatedAt' | 'generation'>,
  usedGeneration: number,
  now: number,
): boolean {
  return rotatedAt !== null && now - rotatedAt <= GRACE_MS && generation >= usedGeneration;
}
