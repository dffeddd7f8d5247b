import type { Attack } from './attack.js';
import { manyFields, post } from './requests.js';

const BODY = manyFields(60_000);

export const attack: Attack = {
  about: 'B11: 830 KB of JSON fields to /mcp without a token',
  atOnce: 60,
  measured: 'read',
  prepare: async () => ({}),
  send: (url) => post(url, '/mcp', BODY),
};
