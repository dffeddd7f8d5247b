import { Injectable } from '@nestjs/common';
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import { IsNull } from 'typeorm';
import { Clock } from '../../../kernel/clock.js';
import { Database } from '../../../platform/database.js';
import { Account } from '../account.entity.js';
import type { Visit } from '../web/visit.js';
import { WebSessions } from '../web/web-sessions.service.js';
import { readCredential, verified } from './credential.js';
import { Passkey } from './passkey.entity.js';
import { CHALLENGE_MS, PasskeyChallenges } from './passkey-challenges.service.js';
import { relyingPartyAt } from './relying-party.js';
import { webauthn } from './webauthn.js';

/** Signing in with a passkey: alone, or after a password. */
@Injectable()
export class PasskeyLogins {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly challenges: PasskeyChallenges,
    private readonly webSessions: WebSessions,
  ) {}

  /** What the browser is to ask its authenticator; of whom is told only to who knew that account's password. */
  async ask(visit: Visit): Promise<object | undefined> {
    const party = relyingPartyAt(visit.origin);
    if (!party) return undefined;
    const known = visit.signedIn ?? visit.half;
    const passkeys = known ? await this.database.read.findBy(Passkey, { accountId: known.account.id }) : [];
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

  /** Whether the answer was right; then its account is signed in, as one that showed a passkey. */
  async logIn(visit: Visit, answer: string): Promise<boolean> {
    const party = relyingPartyAt(visit.origin);
    const sent = readCredential<AuthenticationResponseJSON>(answer);
    const challenge = sent && (await this.challenges.claim(sent.response.clientDataJSON, visit, 'use'));
    const passkey = sent && (await this.database.read.findOneBy(Passkey, { id: sent.id }));
    const known = visit.signedIn ?? visit.half;
    const isTheirs = !known || known.account.id === passkey?.accountId;
    if (!party || !sent || !challenge || !passkey || !isTheirs) return false;
    const { id, publicKey, counter } = passkey;
    const { verifyAuthenticationResponse } = await webauthn();
    const verification = verifyAuthenticationResponse({
      response: sent,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter },
      requireUserVerification: true,
    });
    const answered = await verified(verification);
    return answered ? this.enter(visit, passkey, answered.authenticationInfo.newCounter) : false;
  }

  private enter(visit: Visit, { id, accountId }: Passkey, counter: number): Promise<boolean> {
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
