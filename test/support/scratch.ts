import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = '/dev/shm';
/** All the data that a run of the tests has at once takes less. */
const ENOUGH_BYTES = 2 ** 30;

/**
 * A new folder for a server's data. It is in memory where there is room: the server waits for the disk at every commit, and
 * a process that is killed loses nothing of what it has written in either place.
 */
export const scratchFolder = (prefix: string): string => mkdtempSync(join(PLACE, prefix));

const PLACE = isRoomInMemory() ? IN_MEMORY : tmpdir();

function isRoomInMemory(): boolean {
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
