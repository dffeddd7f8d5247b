import type { JsonObject, Player } from '../../bot-sdk/contract.js';

/** Types of the entries that say who came and who went. */
export const MOVES: readonly (string | null)[] = ['member_joined', 'member_left'];

/** Types of the entries that may add to the randomness of a channel. */
export const GIVERS: readonly (string | null)[] = ['channel_created', 'member_joined'];

/** Who sits in the players' seats after a move, in the order in which they came, given who sat there before it. */
export function playersAfter(before: readonly Player[], type: string | null, body: JsonObject): Player[] {
  const { slot_id, label, name, role } = body as Record<string, string>;
  const seat = slot_id as string;
  const others = before.filter((player) => player.seat !== seat);
  if (type !== 'member_joined' || role !== 'player') return others;
  return [...others, { seat, label: label as string, name: name as string }];
}

/** What an entry adds to the randomness; undefined where it adds nothing. */
export const entropyIn = ({ entropy }: JsonObject): string | undefined =>
  typeof entropy === 'string' ? entropy : undefined;
