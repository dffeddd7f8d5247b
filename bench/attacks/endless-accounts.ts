import { SPINNER } from '../bots.js';
import type { Attack } from './attack.js';
import { openEach, wakeOne } from './rooms.js';

const ACCOUNTS = 20;

export const attack: Attack = {
  about: 'B16: 20 accounts with one endless bot each',
  atOnce: ACCOUNTS,
  measured: 'hook',
  prepare: (url) => openEach(url, ACCOUNTS, SPINNER),
  send: (url, context, i) => wakeOne(url, context, i % ACCOUNTS),
};
