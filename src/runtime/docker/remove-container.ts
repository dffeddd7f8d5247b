import type Dockerode from 'dockerode';
import { inBackground } from '../../kernel/background.js';
import { withTimeout } from './engine-timeout.js';

const AGAIN_MS = 1_000;
const MAX_AGAIN_MS = 60_000;
/** The container does not exist or is being removed. */
const GONE = new Set<number | undefined>([404, 409]);

/**
 * Removes a container. Resolves after the first attempt; a failed removal is repeated in the background until it
 * succeeds.
 */
export async function removeContainer(container: Dockerode.Container, againMs = AGAIN_MS): Promise<void> {
  try {
    await withTimeout(container.remove({ force: true, v: true }));
  } catch (error) {
    if (GONE.has((error as { statusCode?: number }).statusCode)) return;
    const again = () => removeContainer(container, Math.min(2 * againMs, MAX_AGAIN_MS));
    setTimeout(() => inBackground('removing a container', again()), againMs).unref();
  }
}
