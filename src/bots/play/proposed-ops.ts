import type { JsonObject } from '../../../bot-sdk/contract.js';
import type { ChannelStanding } from '../../channels/channel-access.service.js';
import type { ApplyOp, ChannelOp } from '../../channels/channel-ops.js';
import { DomainError } from '../../kernel/errors.js';

const MAX_OPS_BYTES = 262_144;

/**
 * Throws INVALID_REQUEST or BODY_TOO_LARGE. Everyone in the channel reads a proposal, so it must not contain secrets.
 */
export function assertProposable(ops: ChannelOp[]) {
  const holdsSecret = ({ type, bot_def }: ChannelOp) =>
    type === 'set_env_redacted' || Object.keys(bot_def ?? {}).some((field) => field.startsWith('env'));
  if (ops.some(holdsSecret)) throw new DomainError('INVALID_REQUEST', 'a proposal must not contain secrets');
  if (JSON.stringify(ops).length > MAX_OPS_BYTES) {
    throw new DomainError('BODY_TOO_LARGE', undefined, { limit: MAX_OPS_BYTES });
  }
}

/** Throws SLOT_NOT_FOUND if an op names a slot that the channel does not have. */
export function assertSlotsExist(ops: ChannelOp[], { slots }: ChannelStanding) {
  const slotIds = ops.flatMap(({ slot_id, from_slot }) => slot_id ?? from_slot ?? []);
  if (slotIds.some((name) => !slots.some(({ slotId }) => slotId === name))) throw new DomainError('SLOT_NOT_FOUND');
}

/** Whether the ops create invites, which only the proposer may get. */
export const createsInvites = (ops: ChannelOp[]) =>
  ops.some(({ type, to }) => type === 'new_invite' || (type.startsWith('yield_') && to !== 'bot'));

/** The bots that would run, by name, params and hashes. */
export const wouldRunOf = (prepared: ApplyOp[]): JsonObject[] =>
  prepared.flatMap(({ wouldRun }) => (wouldRun ? [wouldRun] : []));

/** Whether an account is an admin of a channel now. */
export const isAdminIn = ({ channel, slots }: Pick<ChannelStanding, 'channel' | 'slots'>, accountId: string) =>
  channel.creatorId === accountId || slots.some((slot) => slot.accountId === accountId && slot.admin);
