/** Body types that only the server writes. Neither a bot nor a member may post them. */
const RESERVED = new Set([
  'bots_announced',
  'bot:attach',
  'bot:manifest',
  'bot:error',
  'bot:removed',
  'bot_changed',
  'channel_created',
  'channel_closed',
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

export const isReservedType = (type: unknown) =>
  typeof type === 'string' && (RESERVED.has(type) || type.endsWith('_applied'));
