import type { Attack } from './attack.js';
import { openEach, wakeOne } from './rooms.js';

const ACCOUNTS = 20;
/** Work of some tenths of a second, which ends. */
const MIDDLING = 'export default class Middling { onMessage() { for (let i = 0; i < 2e6; i++); } }';

export const attack: Attack = {
  about: 'B16: 20 accounts with a bot each whose hooks take some tenths of a second',
  atOnce: ACCOUNTS,
  measured: 'hook',
  prepare: (url) => openEach(url, ACCOUNTS, MIDDLING),
  send: (url, context, i) => wakeOne(url, context, i % ACCOUNTS),
};
