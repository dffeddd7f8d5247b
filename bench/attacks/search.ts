import { type Attack } from './attack.js';
import { get, guest } from './requests.js';
import { openMany } from './rooms.js';

export const attack: Attack = {
  about: 'B12: search over 438 public channels',
  atOnce: 40,
  measured: 'read',
  prepare: async (url) => {
    const token = await guest(url, 'mallory');
    await openMany(url, token, 438);
    return { token };
  },
  send: (url, { token }) => get(url, '/search?query=room%20guess', token),
};
