import { Injectable } from '@nestjs/common';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { atLeast } from '../../../kernel/caller.js';
import { Clock } from '../../../kernel/clock.js';
import { Database } from '../../../platform/database.js';
import type { Account } from '../account.entity.js';
import type { SignedIn, Visit } from '../web/visit.js';
import { WebSessions } from '../web/web-sessions.service.js';
import { readCredential, verified } from './credential.js';
import { Passkey } from './passkey.entity.js';
import { CHALLENGE_MS, PasskeyChallenges } from './passkey-challenges.service.js';
import { relyingPartyAt } from './relying-party.js';
import { webauthn } from './webauthn.js';

const MOST_PASSKEYS = 20;
const LONGEST_LABEL = 40;
/** Signed in so lately that it surely is the owner. */
const RECENT_MS = 15 * 60_000;
/** EdDSA, ES256, RS256: what authenticators have. */
const ALGORITHMS = [-8, -7, -257];

/** The passkeys of an account. */
@Injectable()
export class Passkeys {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly challenges: PasskeyChallenges,
    private readonly webSessions: WebSessions,
  ) {}

  /** A passkey outlives a password, so who borrows a browser that was left signed in may not add one. */
  mayAdd({ session }: SignedIn): boolean {
    return this.clock.now() - session.createdAt < RECENT_MS;
  }

  of(accountId: string): Promise<Passkey[]> {
    return this.database.read.find(Passkey, { where: { accountId }, order: { createdAt: 'ASC' } });
  }

  /** What the browser is to ask its authenticator to make one; undefined where this address can have none. */
  async askToAdd(visit: Visit, { account }: SignedIn): Promise<object | undefined> {
    const party = relyingPartyAt(visit.origin);
    if (!party) return undefined;
    const known = await this.of(account.id);
    const { generateRegistrationOptions } = await webauthn();
    const options = await generateRegistrationOptions({
      rpName: 'Parley',
      rpID: party.id,
      userID: new Uint8Array(Buffer.from(account.id)),
      userName: account.name,
      userDisplayName: account.name,
      timeout: CHALLENGE_MS,
      attestationType: 'none',
      excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    await this.challenges.keep(options.challenge, visit, 'add');
    return options;
  }

  /** Whether it was added. Who made one has shown one: the browser gets a new secret as after signing in with it. */
  async add(visit: Visit, { account }: SignedIn, answer: string, label: string): Promise<boolean> {
    const party = relyingPartyAt(visit.origin);
    const sent = readCredential<RegistrationResponseJSON>(answer);
    const challenge = sent && (await this.challenges.claim(sent.response.clientDataJSON, visit, 'add'));
    if (!party || !sent || !challenge) return false;
    const { verifyRegistrationResponse } = await webauthn();
    const made = await verified(
      verifyRegistrationResponse({
        response: sent,
        expectedChallenge: challenge,
        expectedOrigin: party.origin,
        expectedRPID: party.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }),
    );
    if (!made?.registrationInfo) return false;
    const { id, publicKey, counter, transports = [] } = made.registrationInfo.credential;
    const now = this.clock.now();
    return this.database.write(async (tx) => {
      const isRoom = (await tx.countBy(Passkey, { accountId: account.id })) < MOST_PASSKEYS;
      if (!isRoom || (await tx.existsBy(Passkey, { id }))) return false;
      if (!(await this.webSessions.stands(tx, visit, account))) return false;
      await tx.insert(Passkey, {
        id,
        accountId: account.id,
        label: readLabel(label),
        publicKey: Buffer.from(publicKey).toString('base64url'),
        counter,
        transports,
        createdAt: now,
        usedAt: null,
      });
      await this.webSessions.open(tx, visit, account, now);
      return true;
    });
  }

  /** Whether it is gone: who has a say on this server keeps at least one. */
  remove({ id: accountId, role }: Account, id: string): Promise<boolean> {
    return this.database.write(async (tx) => {
      const isLast = (await tx.countBy(Passkey, { accountId })) < 2;
      if (isLast && atLeast(role, 'moderator')) return false;
      await tx.delete(Passkey, { accountId, id });
      return true;
    });
  }
}

const readLabel = (text: string) => text.replace(/\p{C}/gu, '').trim().slice(0, LONGEST_LABEL) || 'passkey';
