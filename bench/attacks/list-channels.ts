import type { Attack } from './attack.js';
import { get, guest } from './requests.js';
import { openMany } from './rooms.js';

export const attack: Attack = {
  about: 'B12: list_channels over 200 public channels of 32 slots',
  atOnce: 40,
  measured: 'read',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    await openMany(url, token, 200, 32);
    return { token };
  },
  send: (url, { token }) => get(url, '/list_channels?limit=200', token),
};
