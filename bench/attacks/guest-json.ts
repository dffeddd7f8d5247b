import type { Attack } from './attack.js';
import { guest, manyFields, post } from './requests.js';

const BODY = manyFields(60_000);

export const attack: Attack = {
  about: 'B11: 830 KB of JSON fields to /mcp with the token of a guest',
  atOnce: 60,
  measured: 'read',
  prepare: async (url) => ({ token: await guest(url, 'mallory') }),
  send: (url, { token }) => post(url, '/mcp', BODY, token),
};
