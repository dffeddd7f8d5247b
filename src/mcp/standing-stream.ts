import type { OpenStream, Session } from './session.js';

/** Proxies close what is silent for longer; the SDK's streams keep the same pace. */
const KEEP_ALIVE_MS = 15_000;
/** A reader who leaves so much unread is let go; it opens a new stream and reads again what it watches. */
const MOST_UNREAD = 500;

const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The stream of a session beside its calls: that it is alive, and what its client watches, until either side ends it. */
export function standingStream(session: Session, gone: AbortSignal): Response {
  const start = (controller: ReadableStreamDefaultController) => {
    let isOpen = true;
    const write = (text: string) => {
      if (isOpen) controller.enqueue(new TextEncoder().encode(`${text}\n\n`));
      if ((controller.desiredSize ?? 0) < -MOST_UNREAD) close();
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
      say: (message) => write(`event: message\ndata: ${JSON.stringify(message)}`),
      close,
    };
    // The headers go out with the first bytes, and a client waits for them.
    write(': open');
    session.streams(stream);
    gone.addEventListener('abort', close);
    if (gone.aborted) close();
  };
  return new Response(new ReadableStream({ start }), { headers: EVENT_STREAM });
}
