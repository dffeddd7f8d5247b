import { Injectable } from '@nestjs/common';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { Accounts } from '../../identity/accounts/accounts.service.js';
import { PageError } from '../../identity/browsers/page-error.js';
import type { SignedIn } from '../../identity/browsers/page-visit.js';
import { WebSessions } from '../../identity/browsers/web-sessions.service.js';
import type { Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { Database } from '../../platform/database/database.js';
import { OauthClient } from '../clients/oauth-client.entity.js';
import { destinationOf } from '../consent/consent-page.js';
import { Consents } from '../consent/consents.service.js';
import { allowedScopes } from '../protocol/oauth-scope.js';
import { AccessToken } from '../sessions/access-token.entity.js';
import { RefreshToken } from '../sessions/refresh-token.entity.js';
import { Session } from '../sessions/session.entity.js';
import { Sessions } from '../sessions/sessions.service.js';

/** The OAuth client of personal access tokens. It is no real program and cannot make requests of its own. */
const PERSONAL = 'cli_personal';
const MAX_TOKENS = 50;
const SIGNED_OUT = 'This browser has been signed out in the meantime.';

/** Something that may act for an account: an OAuth client with a grant, or a personal access token. */
export interface AccountAccess {
  /** The id of the session. */
  readonly id: string;
  readonly kind: 'app' | 'token';
  /** The client's own name, or the owner's name for the token. */
  readonly name: string;
  /** The redirect URI to which the client's code was sent. */
  readonly destination: string | null;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly usedAt: number | null;
  /** When a personal token expires; null for a client, which refreshes its tokens. */
  readonly expiresAt: number | null;
}

/** The clients and tokens that have access to an account. */
@Injectable()
export class AccountAccesses {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly consents: Consents,
    private readonly webSessions: WebSessions,
  ) {}

  /** All valid accesses, newest first. */
  async of(accountId: string): Promise<AccountAccess[]> {
    const { read } = this.database;
    const living = read
      .createQueryBuilder(Session, 's')
      .where('s.accountId = :accountId', { accountId, now: this.clock.now() })
      .andWhere((query) => `(${hasLiving(query, AccessToken)} OR ${hasLiving(query, RefreshToken)})`)
      .orderBy('s.createdAt', 'DESC');
    return Promise.all((await living.getMany()).map((session) => accessOf(read, session)));
  }

  /** Creates a personal access token. It is returned only here; only its hash is stored. */
  mint(
    { account, session: browser }: SignedIn,
    label: string,
    asked: Scope[],
    expiresAt: number,
  ): Promise<string | undefined> {
    const token = newToken('ppt');
    return this.database.write(async (tx) => {
      // An admin or a password reset may have signed the user out, or changed the role, since the page was loaded.
      if (!(await this.webSessions.isSignedIn(tx, browser, account))) throw new PageError(403, SIGNED_OUT);
      const mine = await tx.countBy(AccessToken, { accountId: account.id, clientId: PERSONAL });
      const owner = await this.accounts.enabled(tx, account.id);
      if (mine >= MAX_TOKENS || !owner) return undefined;
      const scopes = allowedScopes(owner.role, asked);
      await ensureClient(tx, this.clock.now());
      const { session } = await this.sessions.openLabelled(tx, owner, PERSONAL, scopes, label);
      const { id: accountId, name, role } = owner;
      const its = {
        sessionId: session.id,
        accountId,
        clientId: PERSONAL,
        name,
        role,
        scopes,
        resource: null,
        expiresAt,
      };
      await tx.insert(AccessToken, { hash: hashOfSecret(token), ...its });
      return token;
    });
  }

  /** Ends an access immediately. The consent for a client is deleted too, so that it must ask again. */
  revoke(accountId: string, id: string): Promise<void> {
    return this.database.write(async (tx) => {
      const session = await tx.findOneBy(Session, { id, accountId });
      if (!session) throw new DomainError('ACCESS_NOT_FOUND');
      await this.sessions.end(tx, id);
      await this.consents.forget(tx, accountId, session.clientId);
    });
  }
}

function hasLiving(query: SelectQueryBuilder<ObjectLiteral>, token: typeof AccessToken | typeof RefreshToken): string {
  const living = query.subQuery().select('1').from(token, 't').where('t.sessionId = s.id AND t.expiresAt > :now');
  return `EXISTS ${living.getQuery()}`;
}

async function accessOf(read: EntityManager, session: Session): Promise<AccountAccess> {
  const { id, label, clientId, redirectUri, scopes, createdAt, usedAt } = session;
  const common = { id, scopes, createdAt, usedAt };
  if (clientId === PERSONAL) {
    const token = await read.findOneBy(AccessToken, { sessionId: id });
    return { ...common, kind: 'token', name: label ?? '', destination: null, expiresAt: token?.expiresAt ?? null };
  }
  const client = await read.findOneBy(OauthClient, { id: clientId });
  const destination = redirectUri && destinationOf(redirectUri);
  return { ...common, kind: 'app', name: client?.name ?? '', destination, expiresAt: null };
}

async function ensureClient(tx: EntityManager, now: number) {
  if (await tx.existsBy(OauthClient, { id: PERSONAL })) return;
  const client = Object.assign(new OauthClient(), {
    id: PERSONAL,
    name: 'Personal access token',
    authMethod: 'none',
    secretHash: null,
    redirectUris: [],
    grantTypes: [],
    createdAt: now,
    firstUsedAt: now,
  });
  await tx.insert(OauthClient, client);
}
