import type { ServerContext } from '@modelcontextprotocol/server';
import type { McpRequestContext } from './mcp-request-context.js';

/** Hosts abort a call that is silent for a minute, some sooner. */
const EVERY_MS = 5_000;

/** Sends progress notifications at intervals to a client that requested them and accepts events. */
export async function withProgress<T>(
  requestContext: McpRequestContext,
  context: ServerContext,
  work: () => Promise<T>,
): Promise<T> {
  const { _meta, notify } = context.mcpReq;
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined || !requestContext.streams) return work();
  let seconds = 0;
  const sendProgress = () => {
    seconds += EVERY_MS / 1_000;
    const params = { progressToken, progress: seconds, message: `Still waiting, for ${seconds} seconds.` };
    // The client may have disconnected.
    notify({ method: 'notifications/progress', params }).catch(() => {});
  };
  const timer = setInterval(sendProgress, EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
