import type { SyntaxNode } from '@lezer/common';
import { assignmentParts, childrenOf, nodesInScope, type PythonTree } from './python-tree.js';

/** A class as far as its source shows it. */
export interface PythonClass {
  readonly name: string;
  readonly bases: readonly string[];
  /** Its methods, and other members that are assigned inside or outside of it. */
  readonly members: Set<string>;
  /** Whether it looks like a bot: it uses `ctx` or gets members from outside. */
  isLikely: boolean;
}

/**
 * The top-level classes of a module by name, including decorated and conditional ones, but none in texts, functions or
 * other classes.
 */
export function classesOf(tree: PythonTree): Map<string, PythonClass> {
  const classes = new Map<string, PythonClass>();
  const nodes = [...nodesInScope(tree.top)];
  for (const node of nodes) {
    if (node.name !== 'ClassDefinition') continue;
    const read = classOf(tree, node);
    const known = classes.get(read.name);
    // Conditional definitions with the same name are merged, because only one of them will exist.
    classes.set(read.name, known ? merged(known, read) : read);
  }
  for (const node of nodes) addOutsideMembers(tree, node, classes);
  return classes;
}

/** Top-level names that are assigned the result of a call, which may be a class: `Bot = make_bot()`. */
export function namesOfCallResults(tree: PythonTree): string[] {
  return [...nodesInScope(tree.top)].flatMap((node) => {
    if (node.name !== 'AssignStatement') return [];
    const { targets, values } = assignmentParts(node);
    const isCallResult = values.length === 1 && values[0]?.name === 'CallExpression';
    return isCallResult ? targets.filter(({ name }) => name === 'VariableName').map((target) => tree.text(target)) : [];
  });
}

function classOf(tree: PythonTree, definition: SyntaxNode): PythonClass {
  const members = new Set<string>();
  const body = definition.getChild('Body');
  for (const node of body ? nodesInScope(body) : []) {
    if (node.name === 'FunctionDefinition') {
      members.add(tree.nameOf(node));
      for (const name of selfMembers(tree, node)) members.add(name);
    }
    if (node.name !== 'AssignStatement') continue;
    for (const target of assignmentParts(node).targets)
      if (target.name === 'VariableName') members.add(tree.text(target));
  }
  const isLikely = /\bctx\b/.test(tree.text(definition));
  return { name: tree.nameOf(definition), bases: basesOf(tree, definition), members, isLikely };
}

/** The base classes: `Table[int]` and `tables.Table` are the class Table; keyword arguments are not bases. */
function basesOf(tree: PythonTree, definition: SyntaxNode): string[] {
  const list = definition.getChild('ArgList');
  const parts = list ? childrenOf(list) : [];
  return parts.flatMap((part, i) => {
    if (parts[i + 1]?.name === 'AssignOp' || parts[i - 1]?.name === 'AssignOp') return [];
    if (part.name === 'VariableName') return [tree.text(part)];
    if (part.name !== 'MemberExpression') return [];
    const [whole = ''] = /^[\w.\s]+/.exec(tree.text(part)) ?? [];
    return [whole.trim().split('.').at(-1)?.trim() ?? ''];
  });
}

/** Members that a method assigns to the instance: `self.on_message = …`, whatever the first parameter is called. */
function* selfMembers(tree: PythonTree, method: SyntaxNode): Generator<string> {
  const body = method.getChild('Body');
  for (const node of body ? nodesInScope(body) : []) {
    if (node.name !== 'AssignStatement') continue;
    for (const target of assignmentParts(node).targets) {
      const property = target.getChild('PropertyName');
      if (target.firstChild?.name === 'VariableName' && property) yield tree.text(property);
    }
  }
}

/** Members assigned from outside: `Bot.on_message = …` and `setattr(Bot, 'on_message', …)`. */
function addOutsideMembers(tree: PythonTree, node: SyntaxNode, classes: Map<string, PythonClass>) {
  if (node.name === 'AssignStatement') {
    for (const target of assignmentParts(node).targets) {
      const owner = target.name === 'MemberExpression' ? target.firstChild : null;
      const property = target.getChild('PropertyName');
      const its = owner && property ? classes.get(tree.text(owner)) : undefined;
      if (its && property) addMember(its, tree.text(property));
    }
  }
  const called = node.name === 'CallExpression' ? node.firstChild : null;
  if (!called || tree.text(called) !== 'setattr') return;
  const [owner, , name] = childrenOf(node.getChild('ArgList') ?? node).slice(1);
  const its = owner ? classes.get(tree.text(owner)) : undefined;
  if (its) addMember(its, name?.name === 'String' ? tree.text(name).replace(/^["']+|["']+$/g, '') : '');
}

function addMember(its: PythonClass, name: string) {
  its.isLikely = true;
  if (name) its.members.add(name);
}

const merged = (a: PythonClass, b: PythonClass): PythonClass => ({
  name: a.name,
  bases: [...new Set([...a.bases, ...b.bases])],
  members: new Set([...a.members, ...b.members]),
  isLikely: a.isLikely || b.isLikely,
});
