import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import type { Scope } from '../../../kernel/caller.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/errors.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { Database } from '../../../platform/database.js';
import { AccessToken } from '../../access-token.entity.js';
import { destinationOf } from '../../oauth/consent-page.js';
import { ConsentsService } from '../../oauth/consents.service.js';
import { OauthClient } from '../../oauth/oauth-client.entity.js';
import { RefreshToken } from '../../oauth/refresh-token.entity.js';
import { newToken } from '../../secrets.js';
import { Session } from '../../session.entity.js';
import { SessionsService } from '../../sessions.service.js';
import { Account } from '../account.entity.js';

/** Through which personal access tokens come. It is nobody's program and can ask for nothing. */
const PERSONAL = 'cli_personal';
const MOST_TOKENS = 50;

/** Something that may act for an account: an app that was let in, or a token that its owner made. */
export interface Access {
  /** Of the session. */
  readonly id: string;
  readonly kind: 'app' | 'token';
  /** What the app calls itself, or what the owner calls the token. */
  readonly name: string;
  /** Where the app's answer went. */
  readonly destination: string | null;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly usedAt: number | null;
  /** Of a token; an app goes on refreshing. */
  readonly expiresAt: number | null;
}

/** What has access to an account. */
@Injectable()
export class Accesses {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly sessions: SessionsService,
    private readonly consents: ConsentsService,
  ) {}

  /** What still works, the newest first. */
  async of(accountId: string): Promise<Access[]> {
    const { read } = this.database;
    const living = read
      .createQueryBuilder(Session, 's')
      .where('s.accountId = :accountId', { accountId, now: this.clock.now() })
      .andWhere((query) => `(${hasLiving(query, AccessToken)} OR ${hasLiving(query, RefreshToken)})`)
      .orderBy('s.createdAt', 'DESC');
    return Promise.all((await living.getMany()).map((session) => accessOf(read, session)));
  }

  /** The token is told here once and can never be asked for again. */
  mint(account: Account, label: string, scopes: Scope[], expiresAt: number): Promise<string | undefined> {
    const token = newToken('ppt');
    return this.database.write(async (tx) => {
      const mine = await tx.countBy(AccessToken, { accountId: account.id, clientId: PERSONAL });
      const owner = await tx.findOneBy(Account, { id: account.id, disabledAt: IsNull() });
      if (mine >= MOST_TOKENS || !owner) return undefined;
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

  /** It stops working at once, and an app is asked about again. */
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

async function accessOf(read: EntityManager, session: Session): Promise<Access> {
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
