import { join } from 'node:path';
import type { AccountRole } from '../../../kernel/caller.js';
import { hashOfSecret } from '../../../kernel/ids.js';
import { SecretFiles } from '../../secret-files.js';
import { newToken } from '../../secrets.js';
import type { InvitePurpose } from './account-invite.entity.js';

export interface OperatorInvite {
  readonly purpose: InvitePurpose;
  readonly role: AccountRole;
  readonly name: string | null;
  readonly expires_at: number;
}

/** Codes that the operator makes beside the server: for the first admin, and for who lost a password. */
export class OperatorInvites {
  private readonly files: SecretFiles<OperatorInvite>;

  constructor(dataDir: string) {
    this.files = new SecretFiles(join(dataDir, 'account-invites'));
  }

  /** The code is told here once and can never be asked for again. */
  make(invite: OperatorInvite, now: number): string {
    const code = newToken('pai');
    this.files.put(hashOfSecret(code), invite, now);
    return code;
  }

  find(hash: string): Promise<OperatorInvite | undefined> {
    return this.files.find(hash);
  }

  take(hash: string): Promise<void> {
    return this.files.take(hash);
  }
}
