import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';

export const WORKSPACE = '/workspace';

/** Empties the workspace; symbolic links are removed, never followed. False if something could not be removed. */
export async function wipeWorkspace(): Promise<boolean> {
  try {
    for (const name of await readdir(WORKSPACE)) await rm(`${WORKSPACE}/${name}`, { recursive: true, force: true });
    return (await readdir(WORKSPACE)).length === 0;
  } catch {
    return false;
  }
}

/** Whether this is the only process. Zombie processes count, because nobody reaps them and they use process slots. */
export function isAlone(): boolean {
  return readdirSync('/proc').every((name) => !/^\d+$/.test(name) || Number(name) === process.pid || isGone(name));
}

function isGone(pid: string): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return false;
  } catch {
    return true;
  }
}
