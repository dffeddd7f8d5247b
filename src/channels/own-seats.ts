import { DomainError } from '../kernel/errors.js';
import type { Slot } from './slot.entity.js';

/** The seats that the caller's session uses in a channel, and the seat that a call means. */
export interface OwnSeats {
  readonly ownSeats: readonly Slot[];
  readonly seat?: Slot;
}

export interface SeatToPass {
  /** The seat that this answer is for. */
  readonly pass_seat?: string;
  /** The same as a sentence. */
  readonly seat_hint?: string;
}

/**
 * The fields added to an answer for a caller with several seats of a channel: the seat, which each call should name.
 * Empty for other callers. Clients without an MCP session have no other way to keep their seat.
 */
export function seatToPass({ ownSeats, seat }: OwnSeats): SeatToPass {
  if (ownSeats.length < 2) return {};
  const statement = `You hold several seats here (${ownSeats.map(({ slotId }) => slotId).join(', ')}).`;
  if (!seat) return { seat_hint: `${statement} In every call to this channel pass yours: ${argumentFor(ownSeats)}.` };
  return { pass_seat: seat.slotId, seat_hint: `${statement} This is ${seat.slotId}: ${inEveryCall(seat)}.` };
}

/** The same after joining, even for a caller with one seat: another chat of the same account may join later. */
export const seatTaken = (slot: Slot): Required<SeatToPass> => ({
  pass_seat: slot.slotId,
  seat_hint: `You sit in ${slot.slotId}: ${inEveryCall(slot)}. Your account may hold more than one.`,
});

/**
 * The error for a call that may mean several seats: lists the caller's seats and how to name one, as an argument or as
 * a URI.
 */
export function seatIsAmbiguous(ownSeats: readonly Slot[], addressOf?: (slotId: string) => string) {
  const seats = ownSeats.map(({ slotId }) => slotId);
  const ways = addressOf ? `name one: ${seats.map(addressOf).join(' or ')}` : `pass ${argumentFor(ownSeats)}`;
  return new DomainError('SEAT_AMBIGUOUS', ways, { seats });
}

/** Whether a call must name its seat. */
export const needsSeatName = ({ ownSeats, seat }: OwnSeats) => ownSeats.length > 0 && !seat;

const argumentFor = (seats: readonly Slot[]) => seats.map(({ slotId }) => `seat: "${slotId}"`).join(' or ');

const inEveryCall = (seat: Slot) => `pass ${argumentFor([seat])} in every call to this channel`;
