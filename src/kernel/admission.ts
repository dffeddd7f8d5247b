import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './caller.js';
import { DomainError } from './errors.js';

/** One call of an operation, as far as its admission is concerned. */
export interface Call {
  readonly caller: Caller | undefined;
  /** What it weighs against the rates, in units. */
  readonly cost: number;
  /** The channel in which it changes something. */
  readonly channelId?: string;
}

/**
 * Stands between a request and what it asks for. Both doors open one for each request; how many calls come through it
 * does not matter.
 */
export interface Admission {
  /** Where the request came from; of IPv6 the /64. */
  readonly address: string;
  /** Whose call was let in last; empty before that, and where nobody is signed in. */
  readonly account: string;
  /** Lets a call in, and answers with how to say that it is over; or throws RATE_LIMIT. */
  enter(call: Call): Promise<() => void>;
  /** Hears how a call ended: the name of an operation, and the HTTP status that stands for it. */
  ended(operation: string, status: number): void;
  /** Counts units for the address as those of nobody, for a request whose sender turned out to be unknown; or throws RATE_LIMIT. */
  enterUnknown(units: number): Promise<void>;
  /** Takes one of the few places that an account has for something slow, and answers with how to give it back. */
  hold(policy: string): () => void;
}

const current = new AsyncLocalStorage<Admission>();

/** Everything that `work` calls, however late, is admitted by this one. */
export const admittedBy = <T>(admission: Admission, work: () => T): T => current.run(admission, work);

/** Asks the admission of the current request. Where there is none, as in a program of our own, everything is let in. */
export const enter = async (call: Call): Promise<() => void> => (await current.getStore()?.enter(call)) ?? (() => {});

/** Tells the admission of the current request how a call ended. */
export const callEnded = (operation: string, status: number) => current.getStore()?.ended(operation, status);
/** Counts the current request as nobody's, so that a made-up token gets no further than none. */
export const enterUnknown = async (units: number): Promise<void> => current.getStore()?.enterUnknown(units);

/** For something slow within a call: one of the places that its account has for it, until the answer is called. */
export const hold = (policy: string): (() => void) => current.getStore()?.hold(policy) ?? (() => {});

/** Where the current request came from; empty in a program of our own. */
export const callingAddress = (): string => current.getStore()?.address ?? '';

/** Whose call the current request is; empty in a program of our own. */
export const callingAccount = (): string => current.getStore()?.account ?? '';

/** A refusal for asking too much: which policy it is, and when it may be worth trying again. */
export const tooMuch = (policy: string, retryAfterMs: number, detail?: string) =>
  new DomainError('RATE_LIMIT', detail, { policy, retry_after_ms: Math.ceil(retryAfterMs) });
