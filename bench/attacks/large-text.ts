import type { Attack } from './attack.js';
import { guest, post } from './requests.js';

const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { a: '\\"'.repeat(400_000) } });

export const attack: Attack = {
  about: 'B11: 1 MB of good JSON to /mcp with the token of a guest',
  atOnce: 40,
  measured: 'read',
  prepare: async (url) => ({ token: await guest(url, 'mallory') }),
  send: (url, { token }, i) => post(url, i % 2 ? '/mcp' : '/', BODY, token),
};
