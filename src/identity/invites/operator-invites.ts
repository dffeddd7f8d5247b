import { join } from 'node:path';
import type { AccountRole } from '../../kernel/caller.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { SecretFiles } from '../../platform/secrets/secret-files.js';
import type { InvitePurpose } from './account-invite.entity.js';

export interface OperatorInvite {
  readonly purpose: InvitePurpose;
  readonly role: AccountRole;
  readonly name: string | null;
  readonly expires_at: number;
}

/** Codes that the operator creates on the command line: for the first admin, and for lost passwords. */
export class OperatorInvites {
  private readonly files: SecretFiles<OperatorInvite>;

  constructor(dataDir: string) {
    this.files = new SecretFiles(join(dataDir, 'account-invites'));
  }

  /** Creates a code. It is returned only here; only its hash is stored. */
  make(invite: OperatorInvite, now: number): string {
    const code = newToken('pai');
    this.files.put(hashOfSecret(code), invite, now);
    return code;
  }

  find(hash: string): Promise<OperatorInvite | undefined> {
    return this.files.find(hash);
  }

  delete(hash: string): Promise<void> {
    return this.files.delete(hash);
  }
}
