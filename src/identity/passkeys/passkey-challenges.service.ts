import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { BoundedTable } from '../../platform/database/bounded-table.js';
import { Database } from '../../platform/database/database.js';
import { type ChallengePurpose, PasskeyChallenge } from './passkey-challenge.entity.js';

/** How long a challenge is valid, in milliseconds. */
export const CHALLENGE_MS = 10 * 60_000;
/** Limited, because anyone can open the page that creates a challenge. */
const MAX_CHALLENGES = 10_000;

/** A browser, identified by the hash of the secret in its cookie. */
type AskedBrowser = { readonly hash: string };

/** WebAuthn challenges. Each is valid once, for one purpose, in the browser for which it was created. */
@Injectable()
export class PasskeyChallenges {
  private readonly waiting = new BoundedTable(PasskeyChallenge, 'hash', {}, { expiresAt: 'ASC' }, MAX_CHALLENGES);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async keep(challenge: string, { hash: webHash }: AskedBrowser, purpose: ChallengePurpose) {
    const expiresAt = this.clock.now() + CHALLENGE_MS;
    await this.database.write(async (tx) => {
      await this.waiting.makeRoom(tx);
      await tx.insert(PasskeyChallenge, { hash: hashOfSecret(challenge), webHash, purpose, expiresAt });
    });
  }

  /** Finds the challenge that a response answers, and deletes it. Undefined if it is not one of ours. */
  async claim(clientDataJSON: string, { hash: webHash }: AskedBrowser, purpose: ChallengePurpose) {
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
