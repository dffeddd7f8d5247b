import { lookAlikes, visibleEnd } from '../kernel/skeleton.js';

/** Body types that only the server writes; neither bots nor members may post them. */
const OF_THE_SERVER = [
  'bots_announced',
  'bot:attach',
  'bot:manifest',
  'bot:error',
  'bot:runtime',
  'bot:late',
  'bot:trial',
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
/** The suffix of the entry about an applied op, `<op>_applied`. */
const APPLIED = '_applied';
/** Commitments of bots and their openings, which the server verifies. Members may not post them. */
const OF_BOTS = ['bot:commit', 'bot:reveal'];

const serverWord = lookAlikes(OF_THE_SERVER);
const botWord = lookAlikes(OF_BOTS);
const appliedWord = lookAlikes([APPLIED]);

/** Whether members may not post this type: it is, or looks like, a type of the server or of bots. */
export function isReservedForMembers(given: unknown): boolean {
  const type = textOf(given);
  return type !== undefined && (isOfServer(type) || botWord(type) !== undefined);
}

/** Whether bots may not post this type: it is, or looks like, a type of the server, or imitates a type of bots. */
export function isReservedForBots(given: unknown): boolean {
  const type = textOf(given);
  if (type === undefined) return false;
  const word = botWord(type);
  return isOfServer(type) || (word !== undefined && word !== given);
}

/** The type as text. A list with one text is compared like that text in many languages. */
function textOf(given: unknown): string | undefined {
  let type = given;
  while (Array.isArray(type) && type.length === 1) type = type[0];
  return typeof type === 'string' ? type : undefined;
}

function isOfServer(type: string): boolean {
  if (serverWord(type) !== undefined) return true;
  const seen = Array.from(visibleEnd(type, MAX_ENDING));
  // A look-alike of the suffix has at most as many characters, because one character may look like two.
  return ENDINGS.some((length) => appliedWord(seen.slice(-length).join('')) !== undefined);
}
/** In UTF-16 units; a character may have two. */
const MAX_ENDING = 2 * APPLIED.length;
const ENDINGS = Array.from({ length: APPLIED.length }, (_, i) => i + 1);
