import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Caller, Scope } from '../kernel/caller.js';
import type { Toolset } from '../kernel/operation.js';
import type { Session } from './session.js';

/** Who asks, over what, and how they can be answered. */
export interface Asking {
  readonly caller: Caller;
  /** The name of their request in the log. */
  readonly requestId: string;
  readonly era: 'legacy' | 'modern';
  /** Whether they take events before the answer. */
  readonly streams: boolean;
  /** The only tools there are for them; all where left out. */
  readonly toolsets?: readonly Toolset[];
  /** Of the revisions that have sessions, where the client keeps one. */
  readonly session?: Session;
  /** The WWW-Authenticate value that asks for a token which covers this scope as well. */
  challenge(scope: Scope): string;
}

/** The SDK hands it through untouched, as its `authInfo`. */
export const toAuthInfo = (asking: Asking): AuthInfo => ({
  token: '',
  clientId: asking.caller.clientId,
  scopes: [...asking.caller.scopes],
  extra: { asking },
});

export const askingOf = (authInfo: AuthInfo | undefined) => authInfo?.extra?.asking as Asking;
