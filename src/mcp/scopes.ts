import { atLeast, type Caller, type Scope } from '../kernel/caller.js';
import { type Contract, scopeOf } from '../kernel/operation.js';

/** Whether the caller's token covers what is declared for this scope. */
export const mayUse = ({ scopes }: Caller, scope: Scope | undefined) => !scope || scopes.includes(scope);

/** Whether the caller may call the operation: their token covers it, and their account is enough. */
export const mayCall = (caller: Caller, contract: Contract) =>
  mayUse(caller, scopeOf(contract)) && (!contract.role || atLeast(caller.role, contract.role));

/** The scope that a new token would have to cover as well; undefined where none helps. */
export function missingScope(caller: Caller, contract: Contract): Scope | undefined {
  const scope = scopeOf(contract);
  if (!scope || mayUse(caller, scope)) return undefined;
  return scope === 'admin' && !atLeast(caller.role, 'moderator') ? undefined : scope;
}
