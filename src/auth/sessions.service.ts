import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { type AccountRole, atLeast, type Caller, SCOPES, type Scope } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { hashOfSecret, newId } from '../kernel/ids.js';
import { Config } from '../platform/config.js';
import { Database } from '../platform/database.js';
import { Metrics } from '../platform/metrics.js';
import { AccessToken } from './access-token.entity.js';
import { Account } from './accounts/account.entity.js';
import { guestName } from './accounts/guest-name.js';
import { AdminTokens, isAdminToken } from './admin-tokens.js';
import { AuthorizationCode } from './oauth/authorization-code.entity.js';
import type { OauthClient } from './oauth/oauth-client.entity.js';
import { OauthFailure } from './oauth/oauth-failure.js';
import { RefreshToken } from './oauth/refresh-token.entity.js';
import { Presence } from './presence.js';
import { Session } from './session.entity.js';

export interface OpenSession {
  readonly session: Session;
  readonly account: Account;
}

/** When a session was used is written down no more often than this. */
const USED_EVERY_MS = 3_600_000;
const MOST_REMEMBERED = 10_000;

/**
 * Who has access. In open mode each approval, and each client that signs in as itself, is a guest of its own; in accounts
 * mode each approval is a session of the account that gave it.
 */
@Injectable()
export class SessionsService {
  private readonly usedAt = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly presence: Presence,
    private readonly adminTokens: AdminTokens,
    private readonly metrics: Metrics,
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
    this.used(found.sessionId);
    return { caller: { ...found, ended: signal }, leave };
  }

  /** The session that a code is for: of whoever approved it, or of a new guest. Its id was settled with the code. */
  async openBy(tx: EntityManager, code: AuthorizationCode, client: OauthClient): Promise<OpenSession> {
    const { sessionId: id, accountId, scopes, redirectUri } = code;
    const account = accountId === null ? await this.guest(tx, client.name) : await mayBeServed(tx, accountId);
    return this.open(tx, account, { id, clientId: client.id, scopes, redirectUri });
  }

  /** A personal access token's own session. */
  openLabelled(tx: EntityManager, account: Account, clientId: string, scopes: Scope[], label: string) {
    return this.open(tx, account, { id: newSessionId(), clientId, scopes, label, usedAt: null });
  }

  /** The client's own session: the same one at each call, so a script that mints a new token keeps its seats. */
  async ofMachine(tx: EntityManager, { id: clientId, name }: OauthClient): Promise<OpenSession> {
    if (this.config.authMode === 'accounts') throw new OauthFailure('unauthorized_client', USE_A_TOKEN);
    const session = await tx.findOneBy(Session, { machineOf: clientId });
    if (!session) {
      const its = { id: newSessionId(), clientId, scopes: [...SCOPES], machineOf: clientId };
      return this.open(tx, await this.guest(tx, name), its);
    }
    return { session, account: await tx.findOneByOrFail(Account, { id: session.accountId }) };
  }

  async resume(tx: EntityManager, id: string): Promise<OpenSession> {
    const session = await tx.findOneByOrFail(Session, { id });
    const account = await tx.findOneByOrFail(Account, { id: session.accountId });
    if (!this.isWelcome(account)) throw new OauthFailure('invalid_grant');
    return { session, account };
  }

  /** Every token and code of the session stops working, and what is being answered to it is cut off. */
  async end(tx: EntityManager, sessionId: string) {
    await tx.delete(AccessToken, { sessionId });
    await tx.delete(RefreshToken, { sessionId });
    await tx.delete(AuthorizationCode, { sessionId });
    this.database.afterCommit(() => this.presence.end(sessionId));
  }

  async endAllOf(tx: EntityManager, accountId: string) {
    for (const { id } of await tx.findBy(Session, { accountId })) await this.end(tx, id);
  }

  /** Every token says what its account may do. One for more than that ends. */
  async roleChanged(tx: EntityManager, { id: accountId, role }: Account) {
    if (!atLeast(role, 'moderator')) {
      const sessions = await tx.findBy(Session, { accountId });
      for (const { id, scopes } of sessions) if (scopes.includes('admin')) await this.end(tx, id);
      await tx.delete(AuthorizationCode, { accountId });
    }
    await tx.update(AccessToken, { accountId }, { role });
  }

  /** Written down beside the answer, which does not wait for it. */
  private used(id: string) {
    const now = this.clock.now();
    if (now - (this.usedAt.get(id) ?? 0) < USED_EVERY_MS) return;
    if (this.usedAt.size >= MOST_REMEMBERED) this.usedAt.clear();
    this.usedAt.set(id, now);
    this.database.write((tx) => tx.update(Session, { id }, { usedAt: now })).catch(() => this.usedAt.delete(id));
  }

  private async callerOf(token: string): Promise<Caller | undefined> {
    const hash = hashOfSecret(token);
    if (isAdminToken(token)) return this.adminTokens.callerOf(hash);
    const found = await this.database.read.findOneBy(AccessToken, { hash });
    return found?.isFor(this.config.publicUrl) && this.isWelcome(found) ? found.caller : undefined;
  }

  /** Guests that open mode let in have no place where people sign in. */
  private isWelcome({ role }: { readonly role: AccountRole }) {
    return role !== 'guest' || this.config.authMode === 'open';
  }

  private async open(tx: EntityManager, account: Account, about: Beginning): Promise<OpenSession> {
    const createdAt = this.clock.now();
    const its = { accountId: account.id, usedGeneration: 0, usedAt: createdAt, createdAt };
    const session = Object.assign(new Session(), NO_MACHINE, its, about);
    await tx.insert(Session, session);
    this.database.afterCommit(() => this.metrics.signIns.inc({ way: wayOf(session, account) }));
    return { session, account };
  }

  private async guest(tx: EntityManager, clientName: string): Promise<Account> {
    const account = Object.assign(new Account(), {
      id: newId('acc'),
      name: guestName(clientName),
      role: 'guest' as const,
      activeAt: null,
      createdAt: this.clock.now(),
    });
    await tx.insert(Account, account);
    return account;
  }
}

const wayOf = ({ machineOf, label }: Session, { role }: Account) =>
  machineOf !== null || label !== null ? 'script' : role === 'guest' ? 'guest' : 'app';

type Beginning = Pick<Session, 'id' | 'clientId' | 'scopes'> & Partial<Session>;
const NO_MACHINE = { machineOf: null, label: null, redirectUri: null };

const USE_A_TOKEN =
  'A client is nobody on this server. For a script make a personal access token on the page /account and send it as Bearer.';

async function mayBeServed(tx: EntityManager, id: string): Promise<Account> {
  const account = await tx.findOneBy(Account, { id, disabledAt: IsNull() });
  if (!account) throw new OauthFailure('invalid_grant');
  return account;
}

export const newSessionId = () => newId('ses');
