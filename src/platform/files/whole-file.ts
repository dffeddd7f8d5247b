import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';

/** The suffix of a file that is not complete: it is being written, or its writer was killed. */
const UNFINISHED = '.new';
/** The error codes of file systems without hard links. */
const NO_LINKS = /^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/;

export const isUnfinished = (name: string) => name.endsWith(UNFINISHED);

/** Writes a file, readable only by its user, in one step: readers and concurrent writers never see a part of it. */
export function writeWhole(file: string, text: string) {
  placed(file, text, (unfinished) => renameSync(unfinished, file));
}

/** Like `writeWhole`, without stopping the event loop. Resolves when the file is on the disk. */
export async function replaceWhole(file: string, text: string): Promise<void> {
  const unfinished = unfinishedName(file);
  try {
    await writeFile(unfinished, text, { mode: 0o600, flush: true, flag: 'wx' });
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Like `writeWhole`, but keeps an existing file: of several writers the first one wins, and all read its file. */
export function writeFirst(file: string, text: string) {
  placed(file, text, (unfinished) => {
    try {
      linkSync(unfinished, file);
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code);
      if (NO_LINKS.test(code)) renameSync(unfinished, file);
      else if (code !== 'EEXIST') throw error;
    }
  });
}

function placed(file: string, text: string, place: (unfinished: string) => void) {
  const unfinished = unfinishedName(file);
  try {
    writeFileSync(unfinished, text, { mode: 0o600, flush: true, flag: 'wx' });
    place(unfinished);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** A unique name: with a shared one, the first writer to rename would take the other one's file. */
const unfinishedName = (file: string) => `${file}.${process.pid}-${randomBytes(4).toString('hex')}${UNFINISHED}`;
