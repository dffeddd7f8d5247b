/** Body types that only the server writes. Neither a bot nor a member may post them. */
const RESERVED = new Set([
  'bots_announced',
  'bot:attach',
  'bot:manifest',
  'bot:error',
  'bot:runtime',
  'bot:late',
  'bot:decision',
  'bot:waiting',
  'bot_changed',
  'channel_created',
  'change:agreed',
  'change:failed',
  'change:proposed',
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
]);

export function isReservedType(type: unknown): boolean {
  if (typeof type !== 'string') return false;
  const seen = asSeen(type);
  return RESERVED.has(seen) || seen.endsWith('_applied');
}

/** What a reader takes it for: without invisible characters, and whatever the case. */
const asSeen = (type: string) =>
  type
    .normalize('NFKC')
    .replace(/[\p{C}\p{Z}]/gu, '')
    .toLowerCase();
