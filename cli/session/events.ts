import { setTimeout } from 'node:timers/promises';
import { CliError } from '../server/cli-error.js';
import type { ChannelMessage } from '../server/message.js';
import type { Server } from './server.js';

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 15_000;
/** The server sends a heartbeat every 15 seconds, so a stream that is silent for longer is broken. */
const MAX_SILENCE_MS = 45_000;

const PAGE = 500;

/** A channel, and the seat from which it is read if the user has several. */
export interface View {
  readonly channelId: string;
  readonly seat?: string;
}

/** Every message after `since`, oldest first. */
export async function* history(server: Server, { channelId, seat }: View, since = 0): AsyncGenerator<ChannelMessage> {
  for (let since_id = since, more = true; more; ) {
    const page = await server.read('get_messages', { channel_id: channelId, seat, since_id, limit: PAGE });
    yield* page.messages;
    since_id = page.cursor;
    more = page.has_more;
  }
}

export interface ListenOptions extends View {
  readonly since?: number;
  readonly signal: AbortSignal;
  /** Called when the connection is lost; it will be opened again. */
  readonly onLost?: () => void;
}

/**
 * Every message after `since`, then new ones as they come, each once. A lost connection is continued where it broke.
 */
export async function* events(
  server: Server,
  { since = 0, signal, onLost, ...view }: ListenOptions,
): AsyncGenerator<ChannelMessage> {
  let cursor = since;
  let pause = FIRST_PAUSE_MS;
  for (let connected = false; !signal.aborted; ) {
    try {
      for await (const message of stream(server, view, cursor, signal)) {
        connected = true;
        pause = FIRST_PAUSE_MS;
        if (!message) continue;
        cursor = message.id;
        yield message;
      }
    } catch (error) {
      if (signal.aborted) return;
      const isOver = error instanceof CliError && error.kind !== 'unreachable';
      if (isOver || !connected) throw error;
      onLost?.();
    }
    await setTimeout(pause, undefined, { signal }).catch(() => {});
    pause = Math.min(pause * 2, MAX_PAUSE_MS);
  }
}

/** One connection. Yields undefined when it is established, before the first message. */
async function* stream(server: Server, { channelId, seat }: View, cursor: number, signal: AbortSignal) {
  const query = seat === undefined ? '' : `?seat=${encodeURIComponent(seat)}`;
  const silence = new AbortController();
  const timer = globalThis.setTimeout(() => silence.abort(), MAX_SILENCE_MS);
  try {
    const response = await server.request(`/channels/${encodeURIComponent(channelId)}/events${query}`, {
      headers: { 'last-event-id': String(cursor), accept: 'text/event-stream' },
      signal: AbortSignal.any([signal, silence.signal]),
      timeoutMs: 2 ** 31 - 1,
    });
    yield undefined;
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      timer.refresh();
      const blocks = `${rest}${chunk}`.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data) yield JSON.parse(data) as ChannelMessage;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
