import type { SyntaxNode } from '@lezer/common';
import { concatenations, hostsAt, hostsIn, PossibleValues, type Texts, UNKNOWN } from './hosts.js';
import { pythonTexts } from './python-texts.js';
import { assignmentParts, childrenOf, listItems, type PythonTree } from './python-tree.js';

/** The hosts that a source uses, as far as it shows: in URLs and in connections by name and port. */
export function pythonHosts(tree: PythonTree): string[] {
  const meanings = new PossibleValues<SyntaxNode>((node, known) => pythonTexts(tree, node, known));
  const nodes = tree.nodes(...READ);
  const kept: SyntaxNode[] = [];
  for (const node of nodes) {
    learn(tree, node, meanings);
    kept.push(node);
  }
  return kept.flatMap((node) => [
    ...(TEXTS.has(node.name) && !isDocument(node) ? meanings.of(node).flatMap(hostsIn) : []),
    ...(node.name === 'CallExpression' ? calledHosts(tree, node, meanings) : []),
  ]);
}

const TEXTS: ReadonlySet<string> = new Set([
  'BinaryExpression',
  'CallExpression',
  'ContinuedString',
  'FormatString',
  'String',
]);
const READ = [
  ...TEXTS,
  'ArgList',
  'AssignStatement',
  'DictionaryExpression',
  'ForStatement',
  'NamedExpression',
  'ParamList',
];

/** A text as a statement of its own is a docstring or comment. */
const isDocument = ({ parent }: SyntaxNode) => parent?.name === 'ExpressionStatement';

function learn(tree: PythonTree, node: SyntaxNode, meanings: PossibleValues<SyntaxNode>) {
  const assign = (target: SyntaxNode | undefined, value: SyntaxNode | undefined) => {
    const name = target?.name === 'MemberExpression' ? target.getChild('PropertyName') : target;
    if (name && value && value.name !== 'Comment') meanings.assign(tree.text(name), value);
  };
  const children = childrenOf(node);
  if (node.name === 'AssignStatement') {
    const { targets, values } = assignmentParts(node);
    const isPaired = values.length === targets.length;
    for (const [i, target] of targets.entries())
      for (const value of isPaired ? [values[i]] : values) assign(target, value);
  }
  if (node.name === 'ForStatement') assign(children[1], children[children.findIndex(({ name }) => name === 'in') + 1]);
  // The value after a name in arguments, parameters and named expressions.
  for (const [i, child] of children.entries()) {
    if (child.name === 'AssignOp' && node.name !== 'AssignStatement') assign(nameBefore(children, i), children[i + 1]);
    const isKey = child.name === ':' && node.name === 'DictionaryExpression' && children[i - 1]?.name === 'String';
    const value = children[i + 1];
    if (isKey && value) for (const key of meanings.of(children[i - 1] as SyntaxNode)) meanings.assign(key, value);
  }
}

const nameBefore = (children: readonly SyntaxNode[], i: number) =>
  children[i - 1]?.name === 'TypeDef' ? children[i - 2] : children[i - 1];

/** Functions with an address pair as argument, and functions with a host and an optional port. */
const BY_PAIR = ['connect', 'connect_ex', 'create_connection', 'get_server_certificate'];
const BY_HOST = ['HTTPSConnection', 'HTTPSConnectionPool', 'open_connection', 'tls'];
const BY_PARTS = ['urlunparse', 'urlunsplit'];

function calledHosts(tree: PythonTree, call: SyntaxNode, meanings: PossibleValues<SyntaxNode>): string[] {
  const callee = call.firstChild;
  const property = callee?.name === 'MemberExpression' ? callee.getChild('PropertyName') : callee;
  const name = property ? tree.text(property) : '';
  const { positional, named } = listItems(tree, call.getChild('ArgList'));
  const [first, second] = positional;
  const textsOf = (node: SyntaxNode | undefined): Texts | undefined => (node ? meanings.of(node) : undefined);
  const pairs = first ? tuplesOf(tree, first, meanings) : [];
  const found: string[] = [];
  if (BY_PAIR.includes(name)) {
    for (const pair of pairs) {
      const [host, port] = listItems(tree, pair).positional;
      found.push(...hostsAt(textsOf(host) ?? UNKNOWN, textsOf(port)));
    }
  }
  const host = first && first.name !== 'TupleExpression' ? first : named.get('host');
  if (BY_HOST.includes(name) && host) {
    found.push(...hostsAt(meanings.of(host), textsOf(second ?? named.get('port'))));
  }
  if (name === 'wrap_socket') found.push(...hostsAt(textsOf(named.get('server_hostname')) ?? []));
  if (BY_PARTS.includes(name)) {
    for (const pair of pairs) {
      const [scheme, netloc] = listItems(tree, pair).positional;
      if (scheme && netloc)
        found.push(...concatenations([meanings.of(scheme), ['://'], meanings.of(netloc)]).flatMap(hostsIn));
    }
  }
  return found;
}

/** The pairs that an expression contains or a name refers to. */
function tuplesOf(tree: PythonTree, node: SyntaxNode, meanings: PossibleValues<SyntaxNode>): SyntaxNode[] {
  const name = node.name === 'MemberExpression' ? node.getChild('PropertyName') : node;
  const values = node.name === 'TupleExpression' || !name ? [node] : meanings.given(tree.text(name));
  return values.filter((value) => value.name === 'TupleExpression' || value.name === 'ArrayExpression');
}
