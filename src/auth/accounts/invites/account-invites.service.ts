import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { AccountRole } from '../../../kernel/caller.js';
import { Clock } from '../../../kernel/clock.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { Config } from '../../../platform/config.js';
import { Database } from '../../../platform/database.js';
import { newToken } from '../../secrets.js';
import { AccountInvite } from './account-invite.entity.js';
import { OperatorInvites } from './operator-invites.js';

/** One-time codes with which people make their accounts. */
@Injectable()
export class AccountInvites {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly operators: OperatorInvites,
  ) {}

  /** The code is told here once and can never be asked for again. */
  async make(role: AccountRole, expiresAt: number): Promise<string> {
    const code = newToken('pai');
    const about = { purpose: 'sign-up', role, name: null, usedAt: null, expiresAt } as const;
    await this.database.write((tx) => tx.insert(AccountInvite, { hash: hashOfSecret(code), ...about }));
    return code;
  }

  /** What a code is good for; undefined where it is good for nothing. */
  async find(code: string): Promise<AccountInvite | undefined> {
    const hash = hashOfSecret(code);
    const invite = (await this.database.read.findOneBy(AccountInvite, { hash })) ?? (await this.ofOperator(hash));
    if (!invite || invite.usedAt !== null || invite.expiresAt <= this.clock.now()) return undefined;
    return this.config.signUp === 'closed' && invite.name === null ? undefined : invite;
  }

  /** Takes a code's one use, in the write that makes of it what it is for. False: somebody was faster. */
  async claim(tx: EntityManager, invite: AccountInvite): Promise<boolean> {
    const { hash } = invite;
    const now = this.clock.now();
    // One that the operator made comes into the table with its use, so that it is used even if its file stays.
    if (!(await tx.existsBy(AccountInvite, { hash }))) await tx.insert(AccountInvite, invite);
    const { affected } = await tx.update(
      AccountInvite,
      { hash, usedAt: IsNull(), expiresAt: MoreThan(now) },
      { usedAt: now },
    );
    this.database.afterCommit(() => void this.operators.take(hash).catch(() => undefined));
    return affected === 1;
  }

  private async ofOperator(hash: string): Promise<AccountInvite | undefined> {
    const found = await this.operators.find(hash);
    if (!found) return undefined;
    const { purpose, role, name, expires_at: expiresAt } = found;
    return Object.assign(new AccountInvite(), { hash, purpose, role, name, usedAt: null, expiresAt });
  }
}
