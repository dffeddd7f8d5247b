import { Realms } from './realms.js';

const spare: Realms[] = [];

/** Runs a hook in realms that no other hook uses now. Later hooks use them again, which saves most of a short hook's time. */
export async function withSpareRealms<T>(run: (realms: Realms) => Promise<T>): Promise<T> {
  const realms = spare.pop() ?? new Realms();
  try {
    return await run(realms);
  } finally {
    spare.push(realms);
  }
}
