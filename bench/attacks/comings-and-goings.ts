import type { Attack } from './attack.js';
import { call, guest, post } from './requests.js';

const TIMES = 1_000;
/** So often an account gives its entropy to one channel. */
const GIFTS = 20;

export const attack: Attack = {
  about: 'B12: hooks of a channel that was joined and left 1,000 times',
  atOnce: 5,
  measured: 'hook',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    const channel = { name: 'Door', slots: ['bot:referee', 'invite:a'], visibility: 'public', bot_preset: 'GuessBot' };
    const { channel_id } = await call(url, 'create_channel', channel, token);
    for (let i = 0; i < TIMES; i++) {
      const entropy = i < GIFTS ? { entropy: 'x'.repeat(100) } : {};
      await call(url, 'join_channel', { channel_id, ...entropy }, token);
      if (i < TIMES - 1) await call(url, 'leave_channel', { channel_id }, token);
    }
    return { token, channel_id };
  },
  send: (url, { token, channel_id }) =>
    post(url, '/post_message', { channel_id, body: '!status', wait_ms: 5_000 }, token),
};
