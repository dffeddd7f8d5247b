import { applyDecorators } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import { DomainError } from '../kernel/errors.js';
import { Describe } from '../kernel/schema.js';
import type { Slot } from './slot.entity.js';

/** An input that says from which of their own seats somebody acts or looks. */
export const NamesSeat = (description = 'Your seat, if you hold several here.') =>
  applyDecorators(Describe(description), IsOptional(), IsString(), Length(1, 8));

/** An output that only a caller with several seats gets. */
export const TellsSeat = (description = 'Only if you hold several seats here: pass it as seat.') =>
  applyDecorators(Describe(description), IsOptional(), IsString());

/** The seats that somebody's session uses in a channel, and the one that is meant. */
export interface OwnSeats {
  readonly ownSeats: readonly Slot[];
  readonly seat?: Slot;
}

export interface SeatToPass {
  /** The seat that this answer is for. */
  readonly pass_seat?: string;
  /** The same in words. */
  readonly seat_hint?: string;
}

/**
 * What an answer to a caller with several seats of a channel adds: which of them it is for, to be passed in every call.
 * Empty for everybody else. Clients without a session of the protocol know their seat by nothing else.
 */
export function seatToPass({ ownSeats, seat }: OwnSeats): SeatToPass {
  if (ownSeats.length < 2) return {};
  const held = `You hold several seats here (${ownSeats.map(({ slotId }) => slotId).join(', ')}).`;
  if (!seat) return { seat_hint: `${held} In every call to this channel pass yours: ${argumentFor(ownSeats)}.` };
  return { pass_seat: seat.slotId, seat_hint: `${held} This is ${seat.slotId}: ${inEveryCall(seat)}.` };
}

/** The same for who has just sat down, of one seat as well: another chat of the same account may take a second one later. */
export const seatTaken = (slot: Slot): Required<SeatToPass> => ({
  pass_seat: slot.slotId,
  seat_hint: `You sit in ${slot.slotId}: ${inEveryCall(slot)}. Your account may hold more than one.`,
});

/**
 * The refusal of a call that could mean several seats: with those, which are the caller's own, and with the argument to add, or
 * for what takes no arguments the address of each.
 */
export function seatIsAmbiguous(ownSeats: readonly Slot[], addressOf?: (slotId: string) => string) {
  const seats = ownSeats.map(({ slotId }) => slotId);
  const ways = addressOf ? `name one: ${seats.map(addressOf).join(' or ')}` : `pass ${argumentFor(ownSeats)}`;
  return new DomainError('SEAT_AMBIGUOUS', ways, { seats });
}

/** Whether a call has to name its seat. */
export const mustNameSeat = ({ ownSeats, seat }: OwnSeats) => ownSeats.length > 0 && !seat;

const argumentFor = (seats: readonly Slot[]) => seats.map(({ slotId }) => `seat: "${slotId}"`).join(' or ');

const inEveryCall = (seat: Slot) => `pass ${argumentFor([seat])} in every call to this channel`;
