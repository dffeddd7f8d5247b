import { Injectable } from '@nestjs/common';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { ActiveRequests } from '../sessions/active-requests.js';
import { Session } from '../sessions/session.entity.js';
import { isAllowedInMode } from '../sessions/sessions.service.js';
import { TokenCopies } from '../sessions/token-copies.service.js';
import { AdminTokens, isAdminToken } from './admin-tokens.js';

/** The time of the last use of a session is stored at most this often. */
const USED_EVERY_MS = 3_600_000;
const MAX_REMEMBERED = 10_000;

/** Finds the caller of an access token. */
@Injectable()
export class Callers {
  private readonly usedAt = new Map<string, number>();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly activeRequests: ActiveRequests,
    private readonly adminTokens: AdminTokens,
    private readonly tokens: TokenCopies,
  ) {}

  /**
   * The caller of a valid access token. The caller's `ended` signal works until `leave` is called.
   */
  async admit(token: string): Promise<{ caller: Caller; leave: () => void } | undefined> {
    const { changes } = this.activeRequests;
    const caller = await this.callerOf(token);
    // A session ended or changed after the read, possibly this one.
    if (changes !== this.activeRequests.changes) return this.admit(token);
    if (!caller?.expiresAt || caller.expiresAt <= this.clock.now()) return undefined;
    const { signal, leave } = this.activeRequests.enter(caller.sessionId);
    this.used(caller.sessionId);
    return { caller: { ...caller, ended: signal }, leave };
  }

  private async callerOf(token: string): Promise<Caller | undefined> {
    const hash = hashOfSecret(token);
    if (isAdminToken(token)) return this.adminTokens.callerOf(hash);
    const accessToken = await this.tokens.of(hash);
    return accessToken?.isFor(this.config.publicUrl) && isAllowedInMode(accessToken, this.config)
      ? accessToken.caller
      : undefined;
  }

  /** Stores the time of use in the background. */
  private used(id: string) {
    const now = this.clock.now();
    if (now - (this.usedAt.get(id) ?? 0) < USED_EVERY_MS) return;
    if (this.usedAt.size >= MAX_REMEMBERED) this.usedAt.clear();
    this.usedAt.set(id, now);
    this.database.write((tx) => tx.update(Session, { id }, { usedAt: now })).catch(() => this.usedAt.delete(id));
  }
}
