import type { ServerContext } from '@modelcontextprotocol/server';
import type { Asking } from './asking.js';

/** Hosts give up on a call that is silent for a minute, some sooner. */
const EVERY_MS = 5_000;

/** Says from time to time that it is still at work, to a client that asked for that and takes events. */
export async function withProgress<T>(asking: Asking, context: ServerContext, work: () => Promise<T>): Promise<T> {
  const { _meta, notify } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined || !asking.streams) return work();
  let seconds = 0;
  const tell = () => {
    seconds += EVERY_MS / 1_000;
    const params = { progressToken, progress: seconds, message: `Still waiting, for ${seconds} seconds.` };
    // A client that has gone needs no progress.
    notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  const timer = setInterval(tell, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
