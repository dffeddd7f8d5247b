import type { EntityManager } from 'typeorm';
import { atLeast } from '../../kernel/caller.js';
import type { Account } from '../accounts/account.entity.js';
import { Passkey } from './passkey.entity.js';

/** Whether an account must use a passkey after the password: a moderator or admin who has one. */
export async function owesPasskey(manager: EntityManager, { id: accountId, role }: Account): Promise<boolean> {
  return atLeast(role, 'moderator') && manager.existsBy(Passkey, { accountId });
}
