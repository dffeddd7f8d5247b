import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../../platform/logging.js';
import type { PinnedDocument } from './pinned-documents.js';

const OPERATOR_FOLDER = 'client-documents';
const MOST_FILES = 100;
const LONGEST = 16_384;

/**
 * The metadata documents that the operator keeps in DATA_DIR/client-documents: any `.json` file there. They are looked at each time
 * one is needed, so a new one counts at once.
 */
export class OperatorDocuments {
  constructor(
    private readonly dataDir: string,
    private readonly log: Log,
  ) {}

  async all(): Promise<PinnedDocument[]> {
    const folder = join(this.dataDir, OPERATOR_FOLDER);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
    const read = await Promise.all(names.slice(0, MOST_FILES).map((name) => this.read(join(folder, name))));
    return read.flatMap((document) => document ?? []);
  }

  private async read(file: string): Promise<PinnedDocument | undefined> {
    try {
      if ((await stat(file)).size > LONGEST) throw new Error('too long');
      const document = JSON.parse(await readFile(file, 'utf8'));
      if (typeof document?.client_id === 'string') return document;
      throw new Error('no client_id');
    } catch {
      this.log.warn({ file }, 'this is no metadata document of a client');
      return undefined;
    }
  }
}
