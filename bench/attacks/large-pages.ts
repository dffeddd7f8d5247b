import type { Attack } from './attack.js';
import { call, get, guest } from './requests.js';
import { openSeated } from './rooms.js';

const MESSAGES = 200;
const TEXT = 'x'.repeat(60_000);

export const attack: Attack = {
  about: 'B12: get_messages over 200 messages of 60 KB',
  atOnce: 20,
  measured: 'read',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    const channel_id = await openSeated(url, token);
    for (let i = 0; i < MESSAGES; i++) {
      await call(url, 'post_message', { channel_id, body: TEXT, wait_ms: 0 }, token);
    }
    return { token, channel_id };
  },
  send: (url, { token, channel_id }) => get(url, `/get_messages?channel_id=${channel_id}&limit=500`, token),
};
