import type { McpSession, OpenStream } from '../sessions/mcp-session.js';

/** Proxies close silent connections; the SDK's streams use the same interval. */
const KEEP_ALIVE_MS = 15_000;
/**
 * A client that leaves this many messages unread is disconnected; it opens a new stream and reads its resources again.
 */
const MAX_UNREAD = 500;

const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The stream of a session for messages that belong to no call: keep-alives and changes of watched resources. */
export function standingStream(session: McpSession, gone: AbortSignal): Response {
  const start = (controller: ReadableStreamDefaultController) => {
    let isOpen = true;
    const write = (text: string) => {
      if (isOpen) controller.enqueue(new TextEncoder().encode(`${text}\n\n`));
      if ((controller.desiredSize ?? 0) < -MAX_UNREAD) close();
    };
    const timer = setInterval(() => write(': keep-alive'), KEEP_ALIVE_MS);
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(timer);
      session.streamClosed(stream);
      controller.close();
    };
    const stream: OpenStream = {
      send: (message) => write(`event: message\ndata: ${JSON.stringify(message)}`),
      close,
    };
    // The headers are sent with the first bytes, and a client waits for them.
    write(': open');
    session.attachStream(stream);
    gone.addEventListener('abort', close);
    if (gone.aborted) close();
  };
  return new Response(new ReadableStream({ start }), { headers: EVENT_STREAM });
}
