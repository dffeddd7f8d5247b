import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { Database } from '../../../platform/database.js';
import { Crowd } from '../../crowd.js';
import type { Visit } from '../web/visit.js';
import { type ChallengePurpose, PasskeyChallenge } from './passkey-challenge.entity.js';

/** How long a person may take. */
export const CHALLENGE_MS = 10 * 60_000;
/** Anyone can open the page that asks for a passkey. */
const MOST_CHALLENGES = 10_000;

/** What authenticators are asked to sign: each once, for one purpose, in the browser that it was made for. */
@Injectable()
export class PasskeyChallenges {
  private readonly waiting = new Crowd(PasskeyChallenge, 'hash', {}, { expiresAt: 'ASC' }, MOST_CHALLENGES);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async keep(challenge: string, { hash: webHash }: Visit, purpose: ChallengePurpose) {
    const expiresAt = this.clock.now() + CHALLENGE_MS;
    await this.database.write(async (tx) => {
      await this.waiting.makeRoom(tx);
      await tx.insert(PasskeyChallenge, { hash: hashOfSecret(challenge), webHash, purpose, expiresAt });
    });
  }

  /** The challenge that an answer is to, if it was ours; it is used up. */
  async claim(clientDataJSON: string, { hash: webHash }: Visit, purpose: ChallengePurpose) {
    const challenge = challengeIn(clientDataJSON);
    if (challenge === undefined) return undefined;
    const hash = hashOfSecret(challenge);
    const waiting = { hash, webHash, purpose, expiresAt: MoreThan(this.clock.now()) };
    const { affected } = await this.database.write((tx) => tx.delete(PasskeyChallenge, waiting));
    return affected === 1 ? challenge : undefined;
  }
}

function challengeIn(clientDataJSON: string): string | undefined {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString());
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}
