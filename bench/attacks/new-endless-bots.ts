import type { Attack } from './attack.js';
import { guest, post } from './requests.js';

const ACCOUNTS = 4;

/** No two of them have the same source, so what is known of one says nothing of the next. */
const endless = (i: number) => `export default class Spinner${i} { onInit() { for (;;); } }`;

export const attack: Attack = {
  about: 'B16: one new endless bot after another, each of another source',
  atOnce: ACCOUNTS,
  measured: 'hook',
  prepare: async (url) => {
    const tokens = await Promise.all(Array.from({ length: ACCOUNTS }, (_, i) => guest(url, `mallory-${i}`)));
    return Object.fromEntries(tokens.map((token, i) => [`token${i}`, token]));
  },
  send: (url, context, i) =>
    post(
      url,
      '/create_channel',
      { name: 'Endless', slots: ['bot:referee'], bot_code: endless(i) },
      context[`token${i % ACCOUNTS}`],
    ),
};
