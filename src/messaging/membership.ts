import type { JsonObject, Player } from '../../bot-sdk/contract.js';

/** Types of the entries about members who join or leave. */
export const MEMBERSHIP_TYPES: readonly (string | null)[] = ['member_joined', 'member_left'];

/** Types of the entries that may contribute entropy. */
export const ENTROPY_TYPES: readonly (string | null)[] = ['channel_created', 'member_joined'];

/** The players after an entry, in the order in which they joined, given the players before it. */
export function playersAfter(before: readonly Player[], type: string | null, body: JsonObject): Player[] {
  const { slot_id, label, name, role } = body as Record<string, string>;
  const seat = slot_id as string;
  const others = before.filter((player) => player.seat !== seat);
  if (type !== 'member_joined' || role !== 'player') return others;
  return [...others, { seat, label: label as string, name: name as string }];
}

/** The entropy that an entry contributes, or undefined. */
export const entropyIn = ({ entropy }: JsonObject): string | undefined =>
  typeof entropy === 'string' ? entropy : undefined;
