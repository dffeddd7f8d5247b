import { atLeast, type Caller, type Scope } from '../../kernel/caller.js';
import { type Contract, scopeOf } from '../../kernel/operation.js';

/** Whether the caller's token has the scope. */
export const mayUse = ({ scopes }: Caller, scope: Scope | undefined) => !scope || scopes.includes(scope);

/** Whether the caller may call the operation, by the scopes of the token and the role of the account. */
export const mayCallTool = (caller: Caller, contract: Contract) =>
  mayUse(caller, scopeOf(contract)) && (!contract.role || atLeast(caller.role, contract.role));

/** The scope that a new token would need in addition; undefined if a new token would not help. */
export function missingScope(caller: Caller, contract: Contract): Scope | undefined {
  const scope = scopeOf(contract);
  if (!scope || mayUse(caller, scope)) return undefined;
  return scope === 'admin' && !atLeast(caller.role, 'moderator') ? undefined : scope;
}
