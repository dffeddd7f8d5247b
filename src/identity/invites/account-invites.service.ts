import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { AccountRole } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { Config } from '../../platform/config/config.js';
import { Database } from '../../platform/database/database.js';
import { AccountInvite } from './account-invite.entity.js';
import { OperatorInvites } from './operator-invites.js';

/** One-time codes with which people create their accounts. */
@Injectable()
export class AccountInvites {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly operators: OperatorInvites,
  ) {}

  /** Creates a code. It is returned only here; only its hash is stored. */
  async make(role: AccountRole, expiresAt: number): Promise<string> {
    const code = newToken('pai');
    const about = { purpose: 'sign-up', role, name: null, usedAt: null, expiresAt } as const;
    await this.database.write((tx) => tx.insert(AccountInvite, { hash: hashOfSecret(code), ...about }));
    return code;
  }

  /** The invite of a code that is still valid, or undefined. */
  async find(code: string): Promise<AccountInvite | undefined> {
    const hash = hashOfSecret(code);
    const invite = (await this.database.read.findOneBy(AccountInvite, { hash })) ?? (await this.ofOperator(hash));
    if (!invite || invite.usedAt !== null || invite.expiresAt <= this.clock.now()) return undefined;
    return this.config.signUp === 'closed' && invite.name === null ? undefined : invite;
  }

  /** Marks a code as used, in the same write that uses it. False if it was used in the meantime. */
  async claim(tx: EntityManager, invite: AccountInvite): Promise<boolean> {
    const { hash } = invite;
    const now = this.clock.now();
    // A code of the operator is stored when it is used, so that it cannot be used again even if its file remains.
    if (!(await tx.existsBy(AccountInvite, { hash }))) await tx.insert(AccountInvite, invite);
    const { affected } = await tx.update(
      AccountInvite,
      { hash, usedAt: IsNull(), expiresAt: MoreThan(now) },
      { usedAt: now },
    );
    this.database.afterCommit(() => void this.operators.delete(hash).catch(() => undefined));
    return affected === 1;
  }

  private async ofOperator(hash: string): Promise<AccountInvite | undefined> {
    const invite = await this.operators.find(hash);
    if (!invite) return undefined;
    const { purpose, role, name, expires_at: expiresAt } = invite;
    return Object.assign(new AccountInvite(), { hash, purpose, role, name, usedAt: null, expiresAt });
  }
}
