import { join } from 'node:path';
import { type Caller, SCOPES } from '../kernel/caller.js';
import { hashOfSecret } from '../kernel/ids.js';
import { SecretFiles } from './secret-files.js';
import { newToken } from './secrets.js';

/** The one account of whoever operates the server by hand. */
export const OPERATOR = 'acc_admin';
const ADMIN = { accountId: OPERATOR, clientId: 'cli_admin', name: 'admin', role: 'admin' } as const;

export const isAdminToken = (token: string) => token.startsWith('paa_');

/** Tokens with the scope `admin`, which are made beside the server and not by it. */
export class AdminTokens {
  private readonly files: SecretFiles<{ expires_at: number }>;

  constructor(dataDir: string) {
    this.files = new SecretFiles(join(dataDir, 'admin-tokens'));
  }

  /** The token is told here once and can never be asked for again. Those that have run out go. */
  mint(expiresAt: number, now: number): string {
    const token = newToken('paa');
    this.files.put(hashOfSecret(token), { expires_at: expiresAt }, now);
    return token;
  }

  /** Takes every token back and answers with how many there were. */
  revokeAll(): number {
    return this.files.takeAll();
  }

  /** Each token is a session of its own, so that a seat stays with the one that took it. */
  async callerOf(hash: string): Promise<Caller | undefined> {
    const found = await this.files.find(hash);
    if (!found) return undefined;
    const sessionId = `ses_admin_${hash.slice(0, 16)}`;
    return { ...ADMIN, sessionId, scopes: [...SCOPES, 'admin'], expiresAt: found.expires_at };
  }
}
