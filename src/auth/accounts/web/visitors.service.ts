import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { atLeast } from '../../../kernel/caller.js';
import { Clock } from '../../../kernel/clock.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { Config } from '../../../platform/config.js';
import { Database } from '../../../platform/database.js';
import { addressKey } from '../../../platform/limits/address.js';
import { spelledOrigin } from '../../oauth/resource.js';
import { newToken } from '../../secrets.js';
import { Account } from '../account.entity.js';
import { Passkey } from '../passkeys/passkey.entity.js';
import { readCookie, setCookie } from './cookie.js';
import { PageFailure } from './page-failure.js';
import type { SignedIn, Visit } from './visit.js';
import { LONGEST_MS, WebSessions } from './web-sessions.service.js';

/** Who is in front of a page. */
@Injectable()
export class Visitors {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sessions: WebSessions,
  ) {}

  async of(request: Request, response: Response): Promise<Visit> {
    if (this.config.authMode === 'open') throw new PageFailure(404, NO_ACCOUNTS);
    const { publicUrl } = this.config;
    const renew = () => {
      const fresh = newToken('pws');
      setCookie(response, fresh, publicUrl, LONGEST_MS);
      return fresh;
    };
    const secret = readCookie(request.headers.cookie, publicUrl) ?? renew();
    const hash = hashOfSecret(secret);
    const found = await this.signedIn(hash);
    const isWhole = found !== undefined && !(await this.owesPasskey(found));
    return {
      hash,
      csrf: createHmac('sha256', secret).update('csrf').digest('base64url'),
      origin: spelledOrigin(publicUrl, `http://${request.headers.host}`),
      browser: request.headers['user-agent'] ?? '',
      address: addressKey(request.ip),
      ...(found && (isWhole ? { signedIn: found } : { half: found })),
      renew,
    };
  }

  private async signedIn(hash: string): Promise<SignedIn | undefined> {
    const session = await this.sessions.find(hash);
    const account = session && (await this.database.read.findOneBy(Account, { id: session.accountId }));
    if (!session || !account || account.disabledAt !== null) return undefined;
    await this.sessions.seen(session, this.clock.now());
    return { session, account };
  }

  /** Whoever has a say on this server shows a passkey after the password, once there is one. */
  private async owesPasskey({ session, account }: SignedIn): Promise<boolean> {
    if (session.passkeyAt !== null || !atLeast(account.role, 'moderator')) return false;
    return this.database.read.existsBy(Passkey, { accountId: account.id });
  }
}

const NO_ACCOUNTS =
  'This server has no accounts: it runs in open mode, for use on its own machine, and lets every app in as a guest.';
