import type Dockerode from 'dockerode';
import { inBackground } from '../../kernel/background.js';
import { inTime } from './deadline.js';

const AGAIN_MS = 1_000;
const MOST_AGAIN_MS = 60_000;
/** The engine knows no such container, or is removing it. */
const GONE = new Set<number | undefined>([404, 409]);

/** Resolves after the first try. An engine that cannot do it now is asked again until it has: what nobody removes stays for ever. */
export async function removed(container: Dockerode.Container, againMs = AGAIN_MS): Promise<void> {
  try {
    await inTime(container.remove({ force: true, v: true }));
  } catch (error) {
    if (GONE.has((error as { statusCode?: number }).statusCode)) return;
    const again = () => removed(container, Math.min(2 * againMs, MOST_AGAIN_MS));
    setTimeout(() => inBackground('removing a container', again()), againMs).unref();
  }
}
