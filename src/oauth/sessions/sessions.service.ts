import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Account } from '../../identity/accounts/account.entity.js';
import { Accounts } from '../../identity/accounts/accounts.service.js';
import { Guests } from '../../identity/accounts/guests.service.js';
import { SignIns } from '../../identity/accounts/sign-ins.js';
import { type AccountRole, atLeast, SCOPES, type Scope } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { Config } from '../../platform/config/config.js';
import type { OauthClient } from '../clients/oauth-client.entity.js';
import { OauthError } from '../protocol/oauth-error.js';
import { AccessToken } from './access-token.entity.js';
import { ActiveRequests } from './active-requests.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';

export interface OpenSession {
  readonly session: Session;
  readonly account: Account;
}

/**
 * Sessions. In open mode each approval, and each client that signs in as itself, creates a guest; in accounts mode each
 * approval is a session of the account that approved it.
 */
@Injectable()
export class Sessions {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly guests: Guests,
    private readonly activeRequests: ActiveRequests,
    private readonly signIns: SignIns,
  ) {}

  /**
   * Opens the session of a code, for the account that approved it or for a new guest. Its id was chosen with the code.
   */
  async openBy(tx: EntityManager, code: AuthorizationCode, client: OauthClient): Promise<OpenSession> {
    const { sessionId: id, accountId, scopes, redirectUri } = code;
    const account = await (accountId === null
      ? this.guests.create(tx, client.name)
      : this.accounts.enabled(tx, accountId));
    if (!account) throw new OauthError('invalid_grant');
    return this.open(tx, account, { id, clientId: client.id, scopes, redirectUri });
  }

  /** Opens the session of a personal access token. */
  openLabelled(tx: EntityManager, account: Account, clientId: string, scopes: Scope[], label: string) {
    return this.open(tx, account, { id: newSessionId(), clientId, scopes, label, usedAt: null });
  }

  /** The client's own session. It is the same for each token, so that a script with a new token keeps its seats. */
  async ofMachine(tx: EntityManager, { id: clientId, name }: OauthClient): Promise<OpenSession> {
    if (this.config.authMode === 'accounts') throw new OauthError('unauthorized_client', USE_A_TOKEN);
    const session = await tx.findOneBy(Session, { machineOf: clientId });
    if (!session) {
      const its = { id: newSessionId(), clientId, scopes: [...SCOPES], machineOf: clientId };
      return this.open(tx, await this.guests.create(tx, name), its);
    }
    return { session, account: await this.accounts.byId(tx, session.accountId) };
  }

  async resume(tx: EntityManager, id: string): Promise<OpenSession> {
    const session = await tx.findOneByOrFail(Session, { id });
    const account = await this.accounts.byId(tx, session.accountId);
    if (!isAllowedInMode(account, this.config)) throw new OauthError('invalid_grant');
    return { session, account };
  }

  /** Ends a session: its tokens and codes become invalid, and its requests in progress are aborted. */
  async end(tx: EntityManager, sessionId: string) {
    await tx.delete(AccessToken, { sessionId });
    await tx.delete(RefreshToken, { sessionId });
    await tx.delete(AuthorizationCode, { sessionId });
    this.activeRequests.endAfterCommit(sessionId);
  }

  /** Ends all sessions of an account and deletes its unredeemed codes, which would open new ones. */
  async endAllOf(tx: EntityManager, accountId: string) {
    await tx.delete(AuthorizationCode, { accountId });
    for (const { id } of await tx.findBy(Session, { accountId })) await this.end(tx, id);
  }

  /**
   * Updates the role in all tokens of the account. Tokens whose scopes exceed the role end, and after a demotion
   * requests in progress are aborted.
   */
  async roleChanged(tx: EntityManager, accountId: string, role: AccountRole, before: AccountRole) {
    const isModerator = atLeast(role, 'moderator');
    if (!isModerator) await tx.delete(AuthorizationCode, { accountId });
    for (const { id, scopes } of await tx.findBy(Session, { accountId })) {
      if (!scopes.includes('admin')) continue;
      if (!isModerator) await this.end(tx, id);
      else if (!atLeast(role, before)) this.activeRequests.endAfterCommit(id);
    }
    await tx.update(AccessToken, { accountId }, { role });
    this.activeRequests.changeAfterCommit();
  }

  private async open(tx: EntityManager, account: Account, about: Beginning): Promise<OpenSession> {
    const createdAt = this.clock.now();
    const its = { accountId: account.id, usedGeneration: 0, usedAt: createdAt, createdAt };
    const session = Object.assign(new Session(), NO_MACHINE, its, about);
    await tx.insert(Session, session);
    this.signIns.count(signInMethodOf(session, account));
    return { session, account };
  }
}

/** Whether an account may use the server in this mode: guests of open mode have no access in accounts mode. */
export const isAllowedInMode = ({ role }: { readonly role: AccountRole }, { authMode }: Config): boolean =>
  role !== 'guest' || authMode === 'open';

const signInMethodOf = ({ machineOf, label }: Session, { role }: Account) =>
  machineOf !== null || label !== null ? 'script' : role === 'guest' ? 'guest' : 'app';

type Beginning = Pick<Session, 'id' | 'clientId' | 'scopes'> & Partial<Session>;
const NO_MACHINE = { machineOf: null, label: null, redirectUri: null };

const USE_A_TOKEN =
  'On this server a client has no account of its own. For a script, create a personal access token on the page /account and send it as a Bearer token.';

export const newSessionId = () => newId('ses');
