import type { Attack } from './attack.js';
import { manyFields, post } from './requests.js';

const BODY = manyFields(2_600);

export const attack: Attack = {
  about: 'B11: 32 KB of JSON fields to /register and /token',
  atOnce: 40,
  measured: 'read',
  prepare: async () => ({}),
  send: (url, _, i) => post(url, i % 2 ? '/register' : '/token', BODY),
};
