import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { spelledOrigin } from '../../platform/http/spelled-origin.js';
import { addressKey } from '../../platform/limits/address.js';
import { Account } from '../accounts/account.entity.js';
import { owesPasskey } from '../passkeys/second-factor.js';
import { readCookie, setCookie } from './cookie.js';
import { PageError } from './page-error.js';
import type { PageVisit, SignedIn } from './page-visit.js';
import { MAX_MS, WebSessions } from './web-sessions.service.js';

/** Finds the browser session of a request to a page. */
@Injectable()
export class Visitors {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sessions: WebSessions,
  ) {}

  async of(request: Request, response: Response): Promise<PageVisit> {
    if (this.config.authMode === 'open') throw new PageError(404, NO_ACCOUNTS);
    const { publicUrl } = this.config;
    const renew = () => {
      const fresh = newToken('pws');
      setCookie(response, fresh, publicUrl, MAX_MS);
      return fresh;
    };
    const secret = readCookie(request.headers.cookie, publicUrl) ?? renew();
    const hash = hashOfSecret(secret);
    const session = await this.signedIn(hash);
    const isWhole = session !== undefined && !(await this.isHalf(session));
    return {
      hash,
      csrf: createHmac('sha256', secret).update('csrf').digest('base64url'),
      origin: spelledOrigin(publicUrl, `http://${request.headers.host}`),
      browser: request.headers['user-agent'] ?? '',
      address: addressKey(request.ip),
      ...(session && (isWhole ? { signedIn: session } : { awaitingPasskey: session })),
      renew,
    };
  }

  private async signedIn(hash: string): Promise<SignedIn | undefined> {
    const session = await this.sessions.find(hash);
    const account = session && (await this.database.read.findOneBy(Account, { id: session.accountId }));
    if (!session || !account || account.disabledAt !== null) return undefined;
    await this.sessions.recordUse(session, this.clock.now());
    return { session, account };
  }

  private async isHalf({ session, account }: SignedIn): Promise<boolean> {
    return session.passkeyAt === null && owesPasskey(this.database.read, account);
  }
}

const NO_ACCOUNTS =
  'This server has no accounts. It runs in open mode, for use on its own machine, where every app is a guest.';
