import type { Caller, Scope } from '../kernel/caller.js';

/** Whether the caller's token covers what is declared for this scope. */
export const mayUse = ({ scopes }: Caller, scope: Scope | undefined) => !scope || scopes.includes(scope);
