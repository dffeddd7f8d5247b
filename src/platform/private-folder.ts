import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const OF_OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Keeps a folder that is there already from everybody but the user of the server. Where it is not the server's alone, such as
 * /tmp, it is left as it is, and the answer is a warning for the operator.
 */
export function keepPrivate(folder: string, itsFile: string): string | undefined {
  // What is no folder is refused where the database is opened.
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return undefined;
  const { mode, uid } = found;
  if ((mode & OF_OTHERS) === 0) return undefined;
  const isOurs = uid === process.getuid?.() && (mode & STICKY) === 0;
  const isUsedByUs = readdirSync(folder).length === 0 || existsSync(join(folder, itsFile));
  if (isOurs && isUsedByUs && isChanged(folder)) return undefined;
  return `Other users of this machine can get into ${folder}, where the log, keys and secrets are: chmod 700 it, or choose another DATA_DIR.`;
}

function isChanged(folder: string): boolean {
  try {
    chmodSync(folder, 0o700);
    return (statSync(folder).mode & OF_OTHERS) === 0;
  } catch {
    return false;
  }
}
