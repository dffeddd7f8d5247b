import { printable } from '../kernel/errors.js';
import { TOOLSETS, type Toolset } from '../kernel/operation.js';

/** What is listed where the URL chooses nothing. */
export const USUAL: readonly Toolset[] = ['core', 'bots', 'account', 'admin'];

/** The sets that `?tools=core,bots` names; undefined where it names none; or a sentence about what is wrong with it. */
export function readToolsets(asked: unknown): readonly Toolset[] | string | undefined {
  const names = [asked ?? '']
    .flat()
    .flatMap((text) => String(text).split(','))
    .flatMap((name) => name.trim() || []);
  const strange = names.find((name) => !isToolset(name));
  if (strange !== undefined) {
    return `tools=${printable(strange, 40)}: there is no such set of tools. There are ${TOOLSETS.join(', ')}.`;
  }
  return names.length ? names.filter(isToolset) : undefined;
}

const isToolset = (name: string): name is Toolset => TOOLSETS.some((toolset) => toolset === name);
