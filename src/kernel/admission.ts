import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from './caller.js';
import { DomainError } from './errors.js';

/** One call of an operation, as the rate limits see it. */
export interface AdmittedCall {
  readonly caller: Caller | undefined;
  /** The cost of the call in rate units. */
  readonly cost: number;
  /** The channel that the call changes, if it changes one. */
  readonly channelId?: string;
}

/**
 * Applies the rate limits to one HTTP request. Each request has one admission, however many calls it carries (a batch).
 */
export interface Admission {
  /** The client's IP address; for IPv6 its /64 prefix. */
  readonly address: string;
  /** The account of the call that was admitted last; empty before the first call and for anonymous requests. */
  readonly account: string;
  /** Admits a call and returns a function that marks it as finished. Throws RATE_LIMIT if a limit is exceeded. */
  enter(call: AdmittedCall): Promise<() => void>;
  /** Records how a call ended: the name of the operation and the equivalent HTTP status. */
  ended(operation: string, status: number): void;
  /**
   * Counts units for the address as an anonymous request, when the token of the request turned out to be invalid.
   * Throws RATE_LIMIT if the limit is exceeded.
   */
  enterUnknown(units: number): Promise<void>;
  /** Takes one of the account's slots for a slow operation and returns the function that releases it. */
  hold(policy: string): () => void;
}

const current = new AsyncLocalStorage<Admission>();

/** Runs `work` so that every call it makes, also asynchronously, uses this admission. */
export const admittedBy = <T>(admission: Admission, work: () => T): T => current.run(admission, work);

/**
 * Admits a call through the admission of the current request. Without a request (for example in a command line tool)
 * every call is admitted.
 */
export const admitCall = async (call: AdmittedCall): Promise<() => void> =>
  (await current.getStore()?.enter(call)) ?? (() => {});

/** Reports to the admission of the current request how a call ended. */
export const callEnded = (operation: string, status: number) => current.getStore()?.ended(operation, status);
/** Counts the current request as anonymous, so that an invalid token gives no higher limit than no token. */
export const admitUnknown = async (units: number): Promise<void> => current.getStore()?.enterUnknown(units);

/** Takes a slot of the calling account for slow work within a call. Returns the function that releases it. */
export const holdSlot = (policy: string): (() => void) => current.getStore()?.hold(policy) ?? (() => {});

/** The client address of the current request; empty outside a request. */
export const callingAddress = (): string => current.getStore()?.address ?? '';

/** The account that makes the current request; empty outside a request. */
export const callingAccount = (): string => current.getStore()?.account ?? '';

/**
 * Charges what `work` does to another account, which has agreed to it, instead of to the caller. The request itself
 * still counts for its caller.
 */
export function onBehalfOf<T>(account: string, work: () => T): T {
  const admission = current.getStore();
  if (!admission) return work();
  const { address } = admission;
  return current.run(
    {
      address,
      account,
      enter: (call) => admission.enter(call),
      ended: (operation, status) => admission.ended(operation, status),
      enterUnknown: (units) => admission.enterUnknown(units),
      hold: (policy) => admission.hold(policy),
    },
    work,
  );
}

/** The error for an exceeded rate limit: names the policy and when to try again. */
export const rateLimited = (policy: string, retryAfterMs: number, detail?: string) =>
  new DomainError('RATE_LIMIT', detail, { policy, retry_after_ms: Math.ceil(retryAfterMs) });
