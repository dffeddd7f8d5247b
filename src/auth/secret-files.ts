import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../platform/folder.js';

/**
 * What the operator gives out beside the server and not by it: each secret is a small file next to the database, named by
 * its hash. So one can be made or taken back whether the server runs or not, and the database keeps its one writer.
 */
export class SecretFiles<T extends { readonly expires_at: number }> {
  constructor(private readonly folder: string) {}

  /** Those that have run out go. */
  put(hash: string, about: T, now: number) {
    makeFolder(dirname(this.folder));
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const file of this.files()) if (!((read(readFileSync(file, 'utf8'))?.expires_at ?? 0) > now)) remove(file);
    const file = this.fileOf(hash);
    // Renamed into place, so that the server never reads half of one.
    writeFileSync(`${file}.new`, JSON.stringify(about), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Undefined where there is none, or none of ours. */
  async find(hash: string): Promise<T | undefined> {
    const text = await readFile(this.fileOf(hash), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (read(text) as T | undefined);
  }

  take(hash: string): Promise<void> {
    return rm(this.fileOf(hash), { force: true });
  }

  /** Takes all back and answers with how many there were. */
  takeAll(): number {
    const files = this.files();
    for (const file of files) remove(file);
    return files.length;
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

const remove = (file: string) => rmSync(file, { force: true });

function read(text: string): { expires_at: number } | undefined {
  try {
    const about = JSON.parse(text);
    return typeof about?.expires_at === 'number' ? about : undefined;
  } catch {
    return undefined;
  }
}
