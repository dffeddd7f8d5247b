import type { Session } from './session.js';

/** Proxies close what is silent for longer; the SDK's streams keep the same pace. */
const KEEP_ALIVE_MS = 15_000;

const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** The stream of a session beside its calls: nothing is said on it but that it is alive, until either side ends it. */
export function standingStream(session: Session, gone: AbortSignal): Response {
  const start = (stream: ReadableStreamDefaultController) => {
    const say = (comment: string) => stream.enqueue(new TextEncoder().encode(`: ${comment}\n\n`));
    const timer = setInterval(() => say('keep-alive'), KEEP_ALIVE_MS);
    let isOpen = true;
    const close = () => {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(timer);
      session.streamClosed(close);
      stream.close();
    };
    session.streams(close);
    gone.addEventListener('abort', close);
    // The headers go out with the first bytes, and a client waits for them.
    say('open');
  };
  return new Response(new ReadableStream({ start }), { headers: EVENT_STREAM });
}
