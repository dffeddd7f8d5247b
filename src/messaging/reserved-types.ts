import { lookAlikes, seenAtEnd } from '../kernel/skeleton.js';

/** Body types that only the server writes. Neither a bot nor a member may post them. */
const OF_THE_SERVER = [
  'bots_announced',
  'bot:attach',
  'bot:manifest',
  'bot:error',
  'bot:runtime',
  'bot:late',
  'bot:decision',
  'bot:waiting',
  'bot_changed',
  'change:agreed',
  'change:proposed',
  'channel_created',
  'change:failed',
  'channel_closed',
  'control:debug',
  'member_joined',
  'member_rejoined',
  'member_left',
  'round:commit',
  'round:end',
  'round:reveal',
  'round:void',
  'revealed',
  'erased',
];
/** What the server says of an op, `<op>_applied`. */
const APPLIED = '_applied';
/** What a bot promises and what it opens, which the server checks. A member has no such thing. */
const OF_BOTS = ['bot:commit', 'bot:reveal'];

const serverWord = lookAlikes(OF_THE_SERVER);
const botWord = lookAlikes(OF_BOTS);
const appliedWord = lookAlikes([APPLIED]);

/** Whether no member may post a body of this type: it is, or looks like, one that the server or a bot writes. */
export const isReservedForMembers = (type: unknown): boolean =>
  typeof type === 'string' && (isOfServer(type) || botWord(type) !== undefined);

/** Whether no bot may post a body of this type: it is, or looks like, one that the server writes, or only looks like a bot's. */
export function isReservedForBots(type: unknown): boolean {
  if (typeof type !== 'string') return false;
  const word = botWord(type);
  return isOfServer(type) || (word !== undefined && word !== type);
}

function isOfServer(type: string): boolean {
  if (serverWord(type) !== undefined) return true;
  const seen = Array.from(seenAtEnd(type, MAX_ENDING));
  // The characters that look like the ending are as many, or fewer where one looks like two.
  return ENDINGS.some((length) => appliedWord(seen.slice(-length).join('')) !== undefined);
}
/** In UTF-16 units, of which a character may take two. */
const MAX_ENDING = 2 * APPLIED.length;
const ENDINGS = Array.from({ length: APPLIED.length }, (_, i) => i + 1);
