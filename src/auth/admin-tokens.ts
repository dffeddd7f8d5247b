import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Caller, SCOPES } from '../kernel/caller.js';
import { hashOfSecret } from '../kernel/ids.js';
import { makeFolder } from '../platform/folder.js';
import { newToken } from './secrets.js';

/** The one account of whoever operates the server by hand. */
const ADMIN = { accountId: 'acc_admin', clientId: 'cli_admin', name: 'admin', role: 'admin' } as const;

export const isAdminToken = (token: string) => token.startsWith('paa_');

/**
 * Tokens with the scope `admin`, which are made beside the server and not by it. Each is a small file next to the database,
 * named by the hash of the token: so one can be made or taken back whether the server runs or not, and the database keeps
 * its one writer.
 */
export class AdminTokens {
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'admin-tokens');
  }

  /** The token is told here once and can never be asked for again. Those that have run out go. */
  mint(expiresAt: number, now: number): string {
    makeFolder(join(this.folder, '..'));
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const file of this.files()) if (!(readExpiry(readFileSync(file, 'utf8')) > now)) rmSync(file, { force: true });
    const token = newToken('paa');
    const file = this.fileOf(hashOfSecret(token));
    // Renamed into place, so that the server never reads half of one.
    writeFileSync(`${file}.new`, JSON.stringify({ expires_at: expiresAt }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return token;
  }

  /** Takes every token back and answers with how many there were. */
  revokeAll(): number {
    const files = this.files();
    for (const file of files) rmSync(file, { force: true });
    return files.length;
  }

  /** Each token is a session of its own, so that a seat stays with the one that took it. */
  async callerOf(hash: string): Promise<Caller | undefined> {
    const text = await readFile(this.fileOf(hash), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const sessionId = `ses_admin_${hash.slice(0, 16)}`;
    return { ...ADMIN, sessionId, scopes: [...SCOPES, 'admin'], expiresAt: readExpiry(text) };
  }

  private fileOf(hash: string) {
    return join(this.folder, `${hash}.json`);
  }

  private files() {
    try {
      return readdirSync(this.folder).map((name) => join(this.folder, name));
    } catch {
      return [];
    }
  }
}

/** 0, which is long past, where the file is not one of ours. */
function readExpiry(text: string): number {
  try {
    return Number(JSON.parse(text).expires_at) || 0;
  } catch {
    return 0;
  }
}
