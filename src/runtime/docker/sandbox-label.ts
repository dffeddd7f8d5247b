import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../platform/folder.js';
import { openFailure } from '../../platform/open-failure.js';

/**
 * What marks the containers of the server with this data, at every start the same. It is kept beside the data, for two servers
 * on one engine may well have theirs under the same path.
 */
export function sandboxLabel(dataDir: string): string {
  const file = join(dataDir, 'sandbox-label');
  try {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim();
    const label = randomBytes(8).toString('hex');
    makeFolder(dataDir);
    writeFileSync(file, `${label}\n`);
    return label;
  } catch (error) {
    throw openFailure(file, error);
  }
}
