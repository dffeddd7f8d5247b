import { join } from 'node:path';
import { type Caller, SCOPES } from '../../kernel/caller.js';
import { hashOfSecret } from '../../kernel/ids.js';
import { newToken } from '../../kernel/secrets.js';
import { SecretFiles } from '../../platform/secrets/secret-files.js';

/** The account of the operator, used by tokens created on the command line. */
export const OPERATOR = 'acc_admin';
const ADMIN = { accountId: OPERATOR, clientId: 'cli_admin', name: 'admin', role: 'admin' } as const;

export const isAdminToken = (token: string) => token.startsWith('paa_');

/** Tokens with the scope `admin`, created on the command line. */
export class AdminTokens {
  private readonly files: SecretFiles<{ expires_at: number }>;

  constructor(dataDir: string) {
    this.files = new SecretFiles(join(dataDir, 'admin-tokens'));
  }

  /** Creates a token and deletes expired ones. It is returned only here; only its hash is stored. */
  mint(expiresAt: number, now: number): string {
    const token = newToken('paa');
    this.files.put(hashOfSecret(token), { expires_at: expiresAt }, now);
    return token;
  }

  /** Deletes all tokens and returns their number. */
  revokeAll(): number {
    return this.files.deleteAll();
  }

  /** The caller of a token. Each token is a session of its own, so that seats belong to the token that took them. */
  async callerOf(hash: string): Promise<Caller | undefined> {
    const token = await this.files.find(hash);
    if (!token) return undefined;
    const sessionId = `ses_admin_${hash.slice(0, 16)}`;
    return { ...ADMIN, sessionId, scopes: [...SCOPES, 'admin'], expiresAt: token.expires_at };
  }
}
