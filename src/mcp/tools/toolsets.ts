import { printable } from '../../kernel/errors.js';
import { type Contract, TOOLSETS, type Toolset, toolsetsOf } from '../../kernel/operation.js';

/** The toolsets that are listed if the URL names none. */
const DEFAULT_TOOLSETS: readonly Toolset[] = ['core', 'channels', 'bots', 'account', 'admin'];

/** Whether a tool list contains the operation, for the chosen toolsets or the default ones. */
export const isListed = (contract: Contract, chosen: readonly Toolset[] | undefined): boolean =>
  toolsetsOf(contract).some((toolset) => (chosen ?? DEFAULT_TOOLSETS).includes(toolset)) &&
  !(contract.unlisted && !chosen);

/** Reads `?tools=core,bots`. Undefined if it names none; an error sentence if it is invalid. */
export function readToolsets(query: unknown): readonly Toolset[] | string | undefined {
  const names = [query ?? '']
    .flat()
    .flatMap((text) => String(text).split(','))
    .flatMap((name) => name.trim() || []);
  const unknownName = names.find((name) => !isToolset(name));
  if (unknownName !== undefined) {
    return `tools=${printable(unknownName, 40)}: there is no such toolset. The toolsets are ${TOOLSETS.join(', ')}.`;
  }
  return names.length ? names.filter(isToolset) : undefined;
}

const isToolset = (name: string): name is Toolset => TOOLSETS.some((toolset) => toolset === name);
