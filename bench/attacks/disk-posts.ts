import type { Attack } from './attack.js';
import { guest, post } from './requests.js';
import { openSeated } from './rooms.js';

const TEXT = 'x'.repeat(60_000);

export const attack: Attack = {
  about: 'B15: messages of 60 KB of one member',
  atOnce: 10,
  measured: 'read',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    return { token, channel_id: await openSeated(url, token) };
  },
  send: (url, { token, channel_id }) => post(url, '/post_message', { channel_id, body: TEXT, wait_ms: 0 }, token),
};
