import { SPINNER } from '../bots.js';
import type { Attack } from './attack.js';
import { guest, post } from './requests.js';
import { openSeated } from './rooms.js';

const BOTS = 20;

export const attack: Attack = {
  about: 'B16: 20 endless bots of one account',
  atOnce: BOTS,
  measured: 'hook',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    const rooms = await Promise.all(Array.from({ length: BOTS }, () => openSeated(url, token, { bot_code: SPINNER })));
    return { token, ...Object.fromEntries(rooms.map((id, i) => [`room${i}`, id])) };
  },
  send: (url, { token, ...rooms }, i) =>
    post(url, '/post_message', { channel_id: rooms[`room${i % BOTS}`], body: 'spin', wait_ms: 2_000 }, token),
};
