import { Injectable } from '@nestjs/common';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { atLeast } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import type { Account } from '../accounts/account.entity.js';
import type { PageVisit, SignedIn } from '../browsers/page-visit.js';
import { WebSessions } from '../browsers/web-sessions.service.js';
import { readCredential, verifiedOrUndefined } from '../passkeys/credential.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { CHALLENGE_MS, PasskeyChallenges } from '../passkeys/passkey-challenges.service.js';
import { relyingPartyAt } from '../passkeys/relying-party.js';
import { webauthn } from '../passkeys/webauthn.js';

const MAX_PASSKEYS = 20;
const MAX_LABEL_LENGTH = 40;
/** How recently a user must have signed in to count as the owner, in milliseconds. */
const RECENT_MS = 15 * 60_000;
/** COSE algorithms EdDSA, ES256 and RS256, which cover common authenticators. */
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

  /**
   * Whether a passkey may be added: only soon after a sign-in, because a passkey is permanent and the browser may be in
   * other hands.
   */
  mayAdd({ session }: SignedIn): boolean {
    return this.clock.now() - session.createdAt < RECENT_MS;
  }

  of(accountId: string): Promise<Passkey[]> {
    return this.database.read.find(Passkey, { where: { accountId }, order: { createdAt: 'ASC' } });
  }

  /** The WebAuthn options to create a passkey; undefined if the origin supports none. */
  async askToAdd(visit: PageVisit, { account }: SignedIn): Promise<object | undefined> {
    const party = relyingPartyAt(visit.origin);
    if (!party) return undefined;
    const passkeys = await this.of(account.id);
    const { generateRegistrationOptions } = await webauthn();
    const options = await generateRegistrationOptions({
      rpName: 'Parley',
      rpID: party.id,
      userID: new Uint8Array(Buffer.from(account.id)),
      userName: account.name,
      userDisplayName: account.name,
      timeout: CHALLENGE_MS,
      attestationType: 'none',
      excludeCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
    await this.challenges.keep(options.challenge, visit, 'add');
    return options;
  }

  /**
   * Adds a passkey and returns whether it worked. The browser gets a new cookie secret, as after a sign-in with the
   * passkey.
   */
  async add(visit: PageVisit, { account }: SignedIn, answer: string, label: string): Promise<boolean> {
    const party = relyingPartyAt(visit.origin);
    const credential = readCredential<RegistrationResponseJSON>(answer);
    const challenge = credential && (await this.challenges.claim(credential.response.clientDataJSON, visit, 'add'));
    if (!party || !credential || !challenge) return false;
    const { verifyRegistrationResponse } = await webauthn();
    const verification = await verifiedOrUndefined(
      verifyRegistrationResponse({
        response: credential,
        expectedChallenge: challenge,
        expectedOrigin: party.origin,
        expectedRPID: party.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }),
    );
    if (!verification?.registrationInfo) return false;
    const { id, publicKey, counter, transports = [] } = verification.registrationInfo.credential;
    const now = this.clock.now();
    return this.database.write(async (tx) => {
      const isRoom = (await tx.countBy(Passkey, { accountId: account.id })) < MAX_PASSKEYS;
      if (!isRoom || (await tx.existsBy(Passkey, { id }))) return false;
      if (!(await this.webSessions.isSignedIn(tx, visit, account))) return false;
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

  /** Removes a passkey and returns whether it worked. A moderator or admin cannot remove the last one. */
  remove({ id: accountId, role }: Account, id: string): Promise<boolean> {
    return this.database.write(async (tx) => {
      const isLast = (await tx.countBy(Passkey, { accountId })) < 2;
      if (isLast && atLeast(role, 'moderator')) return false;
      await tx.delete(Passkey, { accountId, id });
      return true;
    });
  }
}

const readLabel = (text: string) => text.trim().slice(0, MAX_LABEL_LENGTH) || 'passkey';
