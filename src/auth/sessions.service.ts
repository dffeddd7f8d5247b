import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Caller, SCOPES, type Scope } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { hashOfSecret, newId } from '../kernel/ids.js';
import { Database } from '../platform/database.js';
import { AccessToken } from './access-token.entity.js';
import { Account } from './accounts/account.entity.js';
import { guestName } from './accounts/guest-name.js';
import { AdminTokens, isAdminToken } from './admin-tokens.js';
import { AuthorizationCode } from './oauth/authorization-code.entity.js';
import type { OauthClient } from './oauth/oauth-client.entity.js';
import { RefreshToken } from './oauth/refresh-token.entity.js';
import { Presence } from './presence.js';
import { Session } from './session.entity.js';

export interface OpenSession {
  readonly session: Session;
  readonly account: Account;
}

/** Who is signed in. In open mode each approval, and each client that signs in as itself, is a guest of its own. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly presence: Presence,
    private readonly adminTokens: AdminTokens,
  ) {}

  /**
   * The caller that an access token stands for, while it is good: one read by key. The caller hears of the end of its
   * session until `leave` is called.
   */
  async admit(token: string): Promise<{ caller: Caller; leave: () => void } | undefined> {
    const { endings } = this.presence;
    const found = await this.callerOf(token);
    // Ended between the read and here, perhaps this one.
    if (endings !== this.presence.endings) return this.admit(token);
    if (!found?.expiresAt || found.expiresAt <= this.clock.now()) return undefined;
    const { signal, leave } = this.presence.enter(found.sessionId);
    return { caller: { ...found, ended: signal }, leave };
  }

  /** The id was settled when the code was issued. */
  openGuest(tx: EntityManager, id: string, client: OauthClient, scopes: Scope[]): Promise<OpenSession> {
    return this.open(tx, client, { id, scopes, machineOf: null });
  }

  /** The client's own session: the same one at each call, so a script that mints a new token keeps its seats. */
  async ofMachine(tx: EntityManager, client: OauthClient): Promise<OpenSession> {
    const session = await tx.findOneBy(Session, { machineOf: client.id });
    if (!session) return this.open(tx, client, { id: newSessionId(), scopes: [...SCOPES], machineOf: client.id });
    return { session, account: await tx.findOneByOrFail(Account, { id: session.accountId }) };
  }

  async resume(tx: EntityManager, id: string): Promise<OpenSession> {
    const session = await tx.findOneByOrFail(Session, { id });
    return { session, account: await tx.findOneByOrFail(Account, { id: session.accountId }) };
  }

  /** Every token and code of the session stops working, and what is being answered to it is cut off. */
  async end(tx: EntityManager, sessionId: string) {
    await tx.delete(AccessToken, { sessionId });
    await tx.delete(RefreshToken, { sessionId });
    await tx.delete(AuthorizationCode, { sessionId });
    this.database.afterCommit(() => this.presence.end(sessionId));
  }

  private async callerOf(token: string): Promise<Caller | undefined> {
    const hash = hashOfSecret(token);
    if (isAdminToken(token)) return this.adminTokens.callerOf(hash);
    return (await this.database.read.findOneBy(AccessToken, { hash }))?.caller;
  }

  private async open(
    tx: EntityManager,
    client: OauthClient,
    about: Pick<Session, 'id' | 'scopes' | 'machineOf'>,
  ): Promise<OpenSession> {
    const createdAt = this.clock.now();
    const account = Object.assign(new Account(), {
      id: newId('acc'),
      name: guestName(client.name),
      role: 'guest' as const,
      createdAt,
    });
    const session = Object.assign(new Session(), about, {
      accountId: account.id,
      clientId: client.id,
      usedGeneration: 0,
      createdAt,
    });
    await tx.insert(Account, account);
    await tx.insert(Session, session);
    return { session, account };
  }
}

export const newSessionId = () => newId('ses');
