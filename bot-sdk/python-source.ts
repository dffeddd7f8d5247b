import { BundleError } from './bundle-error.js';
import { HOOKS } from './contract.js';
import { camelCase, hostsIn, unique } from './javascript-source.js';
import { PYTHON_MODULES } from './modules.js';
import type { Reading } from './reading.js';

/** Whether a text that is no JavaScript is written the way Python is. */
export function looksLikePython(source: string): boolean {
  return /^[ \t]*(class[ \t]+\w+[ \t]*[(:]|def[ \t]+\w+[ \t]*\()/m.test(source);
}

/** Finds the bot's class in a Python source by its outlines. Whether it is valid Python shows when it runs. */
export function readPython(source: string, name?: string): Reading {
  const classes = Array.from(source.matchAll(/^class[ \t]+(\w+)/gm), ([, className]) => className ?? '');
  const className = classes.includes(name ?? '') ? name : classes[0];
  if (!className) throw new BundleError('NO_CLASS', 'a bot is one class at the top level');
  const methods = new Set(
    Array.from(source.matchAll(/^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)/gm), ([, method]) => method),
  );
  const imports = Array.from(
    source.matchAll(/(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w., \t]+))/gm),
    ([, from, list]) => (from ? [from] : (list ?? '').split(',').map((part) => /[\w.]+/.exec(part)?.[0] ?? '')),
  );
  const named = imports.flat().map((module) => module.split('.')[0] ?? '');
  return {
    executed: source,
    className,
    hooks: HOOKS.filter((hook) => methods.has(hook) || methods.has(camelCase(hook))),
    // A line of a text can look like an import; what is really imported is refused where the source is compiled.
    imports: PYTHON_MODULES.filter((module) => named.includes(module)),
    packages: {},
    importsDynamically: false,
    hosts: unique(hostsIn(source)),
  };
}
