import type { Measured } from './attacks/attack.js';
import { call, guest } from './attacks/requests.js';
import { openSeated } from './attacks/rooms.js';

/** One call of the neighbour's; throws where it is refused. */
export type NeighbourCall = (signal: AbortSignal) => Promise<void>;

const GOOD_BOT = 'export default class Good { onMessage({ body }) { this.last = body; } }';

/** Somebody with a channel of their own, who does nothing but what everyone does. */
export async function neighbourOf(url: string, measured: Measured): Promise<NeighbourCall> {
  const token = await guest(url, 'neighbour');
  const authorization = `Bearer ${token}`;
  const json = { authorization, 'content-type': 'application/json' };
  const send = async (path: string, signal: AbortSignal, body?: object) => {
    const init = body ? { method: 'POST', headers: json, body: JSON.stringify(body) } : { headers: { authorization } };
    const response = await fetch(url + path, { ...init, signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`the neighbour was refused: ${text}`);
  };
  const channel_id = await openSeated(url, token, measured === 'hook' ? { bot_preset: 'GuessBot' } : {});
  const calls: Record<Measured, NeighbourCall> = {
    read: (signal) => send(`/get_messages?channel_id=${channel_id}`, signal),
    attach: (signal) =>
      send('/create_channel', signal, {
        name: 'Good',
        slots: ['bot:referee'],
        bot_code: GOOD_BOT,
        bot_language: 'javascript',
      }),
    hook: (signal) => send('/post_message', signal, { channel_id, body: '!status', wait_ms: 15_000 }),
  };
  await call(url, 'post_message', { channel_id, body: 'hello', wait_ms: 5_000 }, token);
  return calls[measured];
}
