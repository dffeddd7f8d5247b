import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../platform/files/folder.js';
import { openFailure } from '../../platform/files/open-failure.js';
import { writeFirst } from '../../platform/files/whole-file.js';

/**
 * The label of this server's containers, the same after every start. It is stored beside the data, because two servers
 * on one engine may use the same data path in different containers. Several processes with one data folder have a label
 * each, by the name of the process, so that none removes the containers of another.
 */
export function sandboxLabel(dataDir: string, processName?: string): string {
  const file = join(dataDir, processName ? `sandbox-label-${processName}` : 'sandbox-label');
  try {
    if (!existsSync(file)) {
      makeFolder(dataDir);
      writeFirst(file, `${randomBytes(8).toString('hex')}\n`);
    }
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw openFailure(file, error);
  }
}
