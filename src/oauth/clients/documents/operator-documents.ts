import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../../platform/observability/logging.js';
import type { PinnedDocument } from './pinned-documents.js';

const OPERATOR_FOLDER = 'client-documents';
const MAX_FILES = 100;
const LONGEST = 16_384;

/**
 * Metadata documents of the operator: the `.json` files in DATA_DIR/client-documents. They are read on each use, so
 * changes apply immediately.
 */
export class OperatorDocuments {
  constructor(
    private readonly dataDir: string,
    private readonly log: Log,
  ) {}

  async all(): Promise<PinnedDocument[]> {
    const folder = join(this.dataDir, OPERATOR_FOLDER);
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
    const read = await Promise.all(names.slice(0, MAX_FILES).map((name) => this.read(join(folder, name))));
    return read.flatMap((document) => document ?? []);
  }

  private async read(file: string): Promise<PinnedDocument | undefined> {
    try {
      if ((await stat(file)).size > LONGEST) throw new Error('too long');
      const document = JSON.parse(await readFile(file, 'utf8'));
      if (typeof document?.client_id === 'string') return document;
      throw new Error('no client_id');
    } catch {
      this.log.warn({ file }, 'this file is not a metadata document of a client');
      return undefined;
    }
  }
}
