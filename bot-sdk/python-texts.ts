import type { SyntaxNode } from '@lezer/common';
import { concatenations, eitherOf, type PossibleValues, type Texts, UNKNOWN } from './hosts.js';
import { childrenOf, listItems, type PythonTree } from './python-tree.js';

type Known = PossibleValues<SyntaxNode>;

/** The possible values of a Python expression, as far as the source shows them. */
export function pythonTexts(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  const read = READERS[node.name];
  return read ? read(tree, node, known) : UNKNOWN;
}

const READERS: Readonly<Record<string, (tree: PythonTree, node: SyntaxNode, known: Known) => Texts>> = {
  String: (tree, node) => [contentOf(tree.text(node))],
  Number: (tree, node) => [tree.text(node)],
  ContinuedString: (_, node, known) => concatenations(childrenOf(node).map((part) => known.of(part))),
  FormatString: formatted,
  VariableName: (tree, node, known) => known.named(tree.text(node)),
  MemberExpression: memberTexts,
  BinaryExpression: binary,
  CallExpression: called,
  ParenthesizedExpression: inner,
  NamedExpression: (_, { lastChild }, known) => (lastChild ? known.of(lastChild) : UNKNOWN),
  ConditionalExpression: (_, node, known) => {
    const [then, , , , otherwise] = childrenOf(node);
    return eitherOf([then, otherwise].map((each) => (each ? known.of(each) : UNKNOWN)));
  },
  ArrayExpression: anyOf,
  SetExpression: anyOf,
  TupleExpression: anyOf,
};

/** The text without its prefix and quotes. */
const contentOf = (text: string) => text.replace(/^[a-z]*("""|'''|"|')/i, '').replace(/("""|'''|"|')$/, '');

/** The possible values of an f-string. */
function formatted(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  const whole = tree.text(node);
  const start = whole.length - whole.replace(/^[a-z]*("""|'''|"|')/i, '').length;
  const end = whole.length - (/("""|'''|"|')$/.exec(whole)?.[0].length ?? 0);
  const parts: Texts[] = [];
  let at = start;
  const plainUpTo = (to: number) => parts.push([whole.slice(at, to).replace(/\{\{/g, '{').replace(/\}\}/g, '}')]);
  for (const hole of node.getChildren('FormatReplacement')) {
    plainUpTo(hole.from - node.from);
    const value = childrenOf(hole)[1];
    parts.push(value ? known.of(value) : UNKNOWN);
    at = hole.to - node.from;
  }
  plainUpTo(Math.max(at, end));
  return concatenations(parts);
}

/** The possible values of a member or item, by its name; for a list those of all elements. */
function memberTexts(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  const property = node.getChild('PropertyName');
  if (property) return known.named(tree.text(property));
  const [object, , key] = childrenOf(node);
  if (key?.name === 'String') return known.named(contentOf(tree.text(key)));
  return object ? known.of(object) : UNKNOWN;
}

function binary(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  const [left, operator, right] = childrenOf(node);
  if (!left || !operator || !right) return UNKNOWN;
  const sign = tree.text(operator);
  if (sign === '+') return concatenations([known.of(left), known.of(right)]);
  if (sign === 'or') return eitherOf([known.of(left), known.of(right)]);
  if (sign !== '%') return UNKNOWN;
  const values = right.name === 'TupleExpression' ? listItems(tree, right).positional : [right];
  return filled(known.of(left), /%[-+ 0#]*\d*(?:\.\d+)?[sdrix]/g, (_, i) => textsOf(values[i], known));
}

function called(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  const callee = node.firstChild;
  const { positional, named } = listItems(tree, node.getChild('ArgList'));
  const [first] = positional;
  if (callee?.name === 'VariableName') return tree.text(callee) === 'str' ? textsOf(first, known) : UNKNOWN;
  const property = callee?.getChild('PropertyName');
  const object = callee?.firstChild;
  if (!property || !object) return UNKNOWN;
  const method = tree.text(property);
  if (['strip', 'rstrip', 'lstrip', 'lower'].includes(method)) return known.of(object);
  if (method === 'join' && first && ['ArrayExpression', 'TupleExpression'].includes(first.name)) {
    const parts = listItems(tree, first).positional;
    return concatenations(parts.flatMap((part, i) => [...(i ? [known.of(object)] : []), known.of(part)]));
  }
  if (method !== 'format') return UNKNOWN;
  return filled(known.of(object), /\{(\w*)[^{}]*\}/g, (name, i) => {
    const value = name === '' ? positional[i] : /^\d+$/.test(name) ? positional[Number(name)] : named.get(name);
    return textsOf(value, known);
  });
}

/**
 * Fills each placeholder of the templates; `valueAt` gets the match of the pattern's group and the index of the
 * placeholder.
 */
function filled(templates: Texts, place: RegExp, valueAt: (name: string, i: number) => Texts): Texts {
  return eitherOf(
    templates.map((template) => {
      const parts: Texts[] = [];
      let at = 0;
      for (const [i, match] of [...template.matchAll(place)].slice(0, 16).entries()) {
        parts.push([template.slice(at, match.index)], valueAt(match[1] ?? '', i));
        at = match.index + match[0].length;
      }
      return concatenations([...parts, [template.slice(at)]]);
    }),
  );
}

function inner(_: PythonTree, node: SyntaxNode, known: Known): Texts {
  const value = childrenOf(node)[1];
  return textsOf(value, known);
}

function anyOf(tree: PythonTree, node: SyntaxNode, known: Known): Texts {
  return eitherOf(listItems(tree, node).positional.map((part) => known.of(part)));
}

const textsOf = (node: SyntaxNode | undefined, known: Known): Texts => (node ? known.of(node) : UNKNOWN);
