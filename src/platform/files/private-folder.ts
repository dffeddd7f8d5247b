import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const OF_OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Removes the access of other users to an existing folder. A shared folder such as /tmp is not changed; the result is
 * then a warning for the operator.
 */
export function keepPrivate(folder: string, itsFile: string): string | undefined {
  // Opening the database fails later if this is not a folder.
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return undefined;
  const { mode, uid } = stats;
  if ((mode & OF_OTHERS) === 0) return undefined;
  const isOurs = uid === process.getuid?.() && (mode & STICKY) === 0;
  const isUsedByUs = readdirSync(folder).length === 0 || existsSync(join(folder, itsFile));
  if (isOurs && isUsedByUs && isChanged(folder)) return undefined;
  return `Other users of this machine can read ${folder}, which contains logs, keys and secrets: chmod 700 it, or choose another DATA_DIR.`;
}

function isChanged(folder: string): boolean {
  try {
    chmodSync(folder, 0o700);
    return (statSync(folder).mode & OF_OTHERS) === 0;
  } catch {
    return false;
  }
}
