import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../files/folder.js';
import { isUnfinished, writeWhole } from '../files/whole-file.js';

/** An incomplete file older than this belongs to a writer that was killed. */
const UNFINISHED_MS = 3_600_000;

/**
 * Secrets that the operator creates from the command line: each is a small file beside the database, named by its hash.
 * Thus they can be created and revoked whether the server runs or not, and the database keeps its single writer.
 */
export class SecretFiles<T extends { readonly expires_at: number }> {
  constructor(private readonly folder: string) {}

  /** Adds a file and deletes the expired ones. */
  put(hash: string, about: T, now: number) {
    makeFolder(dirname(this.folder));
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    for (const file of this.files()) if (hasExpired(file, now)) remove(file);
    writeWhole(this.fileOf(hash), JSON.stringify(about));
  }

  /** The content of the file; undefined if there is none or it is invalid. */
  async find(hash: string): Promise<T | undefined> {
    const text = await readFile(this.fileOf(hash), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (read(text) as T | undefined);
  }

  /** Deletes the file, if there is one. */
  delete(hash: string): Promise<void> {
    return rm(this.fileOf(hash), { force: true });
  }

  /** Deletes all files and returns their number. */
  deleteAll(): number {
    const files = this.files().filter((file) => !isUnfinished(file));
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

/** Whether a file has expired. False if another process has just deleted it. */
function hasExpired(file: string, now: number): boolean {
  try {
    if (isUnfinished(file)) return statSync(file).mtimeMs < now - UNFINISHED_MS;
    const { expires_at = 0 } = read(readFileSync(file, 'utf8')) ?? {};
    return expires_at <= now;
  } catch {
    return false;
  }
}

function read(text: string): { expires_at: number } | undefined {
  try {
    const about = JSON.parse(text);
    return typeof about?.expires_at === 'number' ? about : undefined;
  } catch {
    return undefined;
  }
}
