import type { SyntaxNode } from '@lezer/common';
import { BundleError, NO_CLASS } from './bundle-error.js';
import { HOOKS, type Hook } from './contract.js';
import { camelCase, unique } from './javascript-source.js';
import { PYTHON_MODULES } from './modules.js';
import { classesOf, namesOfCallResults, type PythonClass } from './python-classes.js';
import { pythonHosts } from './python-hosts.js';
import { childrenOf, isPython, PythonTree } from './python-tree.js';
import type { SourceFacts } from './source-facts.js';

/** Whether a text that is not JavaScript is Python: it has a class or function in Python's syntax. */
export function looksLikePython(source: string): boolean {
  return isPython(withoutMark(source)) || /^[ \t]*(class[ \t]+\w+[ \t]*[(:]|def[ \t]+\w+[ \t]*\()/m.test(source);
}

/**
 * Finds the bot's class in a Python source, and what the source imports and uses. Whether all of it is valid is checked
 * later by Python itself, in the sandbox.
 */
export function readPython(source: string, name?: string): SourceFacts {
  // Python ignores a byte-order mark at the start of a file, but not in a text.
  const executed = withoutMark(source);
  const tree = new PythonTree(executed);
  const classes = classesOf(tree);
  const chosen = chosenOf(classes, name) ?? classFromCall(tree, name);
  if (!chosen) throw new BundleError('NO_CLASS', NO_CLASS);
  return {
    executed,
    className: chosen.name,
    hooks: hooksOf(chosen, classes),
    ...importsOf(tree),
    packages: {},
    importsDynamically: false,
    hosts: unique(pythonHosts(tree)),
  };
}

const withoutMark = (source: string) => source.replace(/^\uFEFF/, '');

/** The class with that name; else the first with hooks that no other such class extends; else the most likely one. */
function chosenOf(classes: Map<string, PythonClass>, name?: string): PythonClass | undefined {
  const all = [...classes.values()];
  const bots = all.filter((each) => hooksOf(each, classes).length > 0);
  const isBase = ({ name: base }: PythonClass, among: PythonClass[]) => among.some(({ bases }) => bases.includes(base));
  return (
    classes.get(name ?? '') ??
    bots.find((each) => !isBase(each, bots)) ??
    all.find((each) => each.isLikely && !isBase(each, all)) ??
    all[0]
  );
}

/** A class that a function may create, if the source shows no class. */
function classFromCall(tree: PythonTree, name?: string): PythonClass | undefined {
  const names = namesOfCallResults(tree).filter((made) => made === name || /^[A-Z]/.test(made));
  const made = names.find((each) => each === name) ?? names.at(-1);
  return made === undefined ? undefined : { name: made, bases: [], members: new Set(), isLikely: true };
}

/** The hooks of the class and of its bases in the same source. */
function hooksOf(chosen: PythonClass, classes: Map<string, PythonClass>): Hook[] {
  const members = new Set<string>();
  const family = new Set([chosen]);
  for (const each of family) {
    for (const member of each.members) members.add(member);
    for (const base of each.bases) {
      const its = classes.get(base);
      if (its) family.add(its);
    }
  }
  return HOOKS.filter((hook) => members.has(hook) || members.has(camelCase(hook)));
}

/** All imported modules that a bot may be allowed to use; others are refused by the sandbox. */
function importsOf(tree: PythonTree): Pick<SourceFacts, 'imports' | 'importLines'> {
  const lines = new Map<string, number>();
  let [line, at] = [1, 0];
  for (const node of tree.nodes('ImportStatement')) {
    line += tree.text({ from: at, to: node.from }).split(/\r\n|\r|\n/).length - 1;
    at = node.from;
    for (const name of modulesIn(tree, node)) if (!lines.has(name)) lines.set(name, line);
  }
  return { imports: PYTHON_MODULES.filter((module) => lines.has(module)), importLines: lines };
}

/** The top-level names of the modules: `import a.b as c, d` gives a and d, `from e.f import g` gives e. */
function modulesIn(tree: PythonTree, statement: SyntaxNode): string[] {
  const parts = childrenOf(statement);
  if (parts[0]?.name === 'from') return parts[1]?.name === 'VariableName' ? [tree.text(parts[1])] : [];
  return parts
    .filter(({ name }, i) => name === 'VariableName' && ['import', ','].includes(parts[i - 1]?.name ?? ''))
    .map((part) => tree.text(part));
}
