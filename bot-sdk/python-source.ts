import { BundleError } from './bundle-error.js';
import { HOOKS, type Hook } from './contract.js';
import { camelCase, hostsIn, unique } from './javascript-source.js';
import { PYTHON_MODULES } from './modules.js';
import type { Reading } from './reading.js';

/** Whether a text that is no JavaScript is written the way Python is. */
export function looksLikePython(source: string): boolean {
  return /^[ \t]*(class[ \t]+\w+[ \t]*[(:]|def[ \t]+\w+[ \t]*\()/m.test(source);
}

/** Finds the bot's class in a Python source by its outlines. Whether it is valid Python shows when it runs. */
export function readPython(source: string, name?: string): Reading {
  const classes = outlinesOf(source);
  const chosen = classes.find((each) => each.name === name) ?? likeliest(classes);
  if (!chosen) throw new BundleError('NO_CLASS', 'a bot is one class at the top level');
  const imports = Array.from(
    source.matchAll(/(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w., \t]+))/gm),
    ([, from, list]) => (from ? [from] : (list ?? '').split(',').map((part) => /[\w.]+/.exec(part)?.[0] ?? '')),
  );
  const named = imports.flat().map((module) => module.split('.')[0] ?? '');
  return {
    executed: source,
    className: chosen.name,
    hooks: hooksOf(chosen, classes),
    // A line of a text can look like an import; what is really imported is refused where the source is compiled.
    imports: PYTHON_MODULES.filter((module) => named.includes(module)),
    packages: {},
    importsDynamically: false,
    hosts: unique(hostsIn(source)),
  };
}

interface Outline {
  name: string;
  bases: string[];
  methods: Set<string>;
}

/** The classes at the top level, each up to the next one. */
function outlinesOf(source: string): Outline[] {
  const heads = Array.from(source.matchAll(/^class[ \t]+(\w+)[ \t]*(?:\(([^()\n]*)\))?/gm));
  return heads.map(({ index, 1: name = '', 2: bases = '' }, i) => {
    const body = source.slice(index, heads[i + 1]?.index);
    const methods = body.matchAll(/^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)/gm);
    return {
      name,
      bases: bases.split(',').map((base) => base.trim()),
      methods: new Set(Array.from(methods, ([, method = '']) => method)),
    };
  });
}

/** The first class with hooks that no other such class extends, or the first of all: helpers often come before the bot. */
function likeliest(classes: Outline[]): Outline | undefined {
  const bots = classes.filter((each) => hooksOf(each, classes).length > 0);
  return bots.find(({ name }) => !bots.some(({ bases }) => bases.includes(name))) ?? classes[0];
}

/** Its own, and those of its bases in the same source. */
function hooksOf(outline: Outline, classes: Outline[]): Hook[] {
  const methods = new Set<string>();
  const family = new Set([outline]);
  for (const each of family) {
    for (const method of each.methods) methods.add(method);
    for (const base of classes) if (each.bases.includes(base.name)) family.add(base);
  }
  return HOOKS.filter((hook) => methods.has(hook) || methods.has(camelCase(hook)));
}
