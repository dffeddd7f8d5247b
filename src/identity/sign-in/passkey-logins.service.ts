import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { IsNull } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { Database } from '../../platform/database/database.js';
import { Account } from '../accounts/account.entity.js';
import type { PageVisit } from '../browsers/page-visit.js';
import { WebSessions } from '../browsers/web-sessions.service.js';
import { readCredential, verifiedOrUndefined } from '../passkeys/credential.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { CHALLENGE_MS, PasskeyChallenges } from '../passkeys/passkey-challenges.service.js';
import { relyingPartyAt } from '../passkeys/relying-party.js';
import { webauthn } from '../passkeys/webauthn.js';

/** Signs in with a passkey, either alone or as second factor after a password. */
@Injectable()
export class PasskeyLogins {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly challenges: PasskeyChallenges,
    private readonly webSessions: WebSessions,
  ) {}

  /** The WebAuthn options for the browser. They list the account's passkeys only after its password was verified. */
  async ask(visit: PageVisit): Promise<object | undefined> {
    const party = relyingPartyAt(visit.origin);
    if (!party) return undefined;
    const session = visit.signedIn ?? visit.awaitingPasskey;
    const passkeys = session ? await this.database.read.findBy(Passkey, { accountId: session.account.id }) : [];
    const { generateAuthenticationOptions } = await webauthn();
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      timeout: CHALLENGE_MS,
      userVerification: 'required',
      allowCredentials: passkeys.map(({ id, transports }) => ({ id, transports })),
    });
    await this.challenges.keep(options.challenge, visit, 'use');
    return options;
  }

  /** Verifies the response and signs in its account. False if the response is invalid. */
  async logIn(visit: PageVisit, answer: string): Promise<boolean> {
    const party = relyingPartyAt(visit.origin);
    const credential = readCredential<AuthenticationResponseJSON>(answer);
    const challenge = credential && (await this.challenges.claim(credential.response.clientDataJSON, visit, 'use'));
    const passkey = credential && (await this.database.read.findOneBy(Passkey, { id: credential.id }));
    const session = visit.signedIn ?? visit.awaitingPasskey;
    const isTheirs = !session || session.account.id === passkey?.accountId;
    if (!party || !credential || !challenge || !passkey || !isTheirs) return false;
    const { id, publicKey, counter } = passkey;
    const { verifyAuthenticationResponse } = await webauthn();
    const verification = verifyAuthenticationResponse({
      response: credential,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
      requireUserVerification: true,
    });
    const answered = await verifiedOrUndefined(verification);
    return answered ? this.enter(visit, passkey, answered.authenticationInfo.newCounter) : false;
  }

  private enter(visit: PageVisit, { id, accountId }: Passkey, counter: number): Promise<boolean> {
    const now = this.clock.now();
    return this.database.write(async (tx) => {
      const account = await tx.findOneBy(Account, { id: accountId, disabledAt: IsNull() });
      const { affected } = await tx.update(Passkey, { id, accountId }, { counter, usedAt: now });
      if (!account || !affected) return false;
      await this.webSessions.open(tx, visit, account, now);
      return true;
    });
  }
}
