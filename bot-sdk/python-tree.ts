import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { UnreadableSourceError } from './bundle-error.js';

/** Python's own limit for open brackets. */
const MAX_DEPTH = 200;
const strictParser = parser.configure({ strict: true });

/**
 * Whether a text is really Python, because a plain sentence such as “this is not code” can be a valid expression.
 * Parsing stops at the first error.
 */
export function isPython(source: string): boolean {
  try {
    assertShallow(source);
    const statements = childrenOf(strictParser.parse(source).topNode);
    return statements.every(({ name }) => name === 'Comment') || statements.some(isUnlikelyInProse);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UnreadableSourceError) return false;
    throw error;
  }
}

const isUnlikelyInProse = ({ name, firstChild }: SyntaxNode) =>
  name === 'ExpressionStatement' ? UNLIKELY_IN_PROSE.has(firstChild?.name ?? '') : name !== 'Comment';
const UNLIKELY_IN_PROSE: ReadonlySet<string> = new Set(['CallExpression', 'ContinuedString', 'FormatString', 'String']);

/**
 * The syntax tree of a Python source. Unknown parts are error nodes; the rest is parsed. Throws an
 * UnreadableSourceError if it is nested more deeply than Python allows.
 */
export class PythonTree {
  private readonly tree: Tree;

  constructor(readonly source: string) {
    // Error recovery in deep nesting would use too much memory.
    assertShallow(source);
    this.tree = parser.parse(source);
  }

  get top(): SyntaxNode {
    return this.tree.topNode;
  }

  /** All nodes of these kinds, parents first, in source order. */
  *nodes(...kinds: readonly string[]): Generator<SyntaxNode> {
    const cursor = this.tree.cursor();
    do {
      // Only requested nodes are created: in a deep tree each costs time proportional to its depth.
      if (kinds.includes(cursor.name)) yield cursor.node;
    } while (cursor.next());
  }

  text({ from, to }: Pick<SyntaxNode, 'from' | 'to'>): string {
    return this.source.slice(from, to);
  }

  /** The name that a class or function definition gives. */
  nameOf(definition: SyntaxNode): string {
    const name = definition.getChild('VariableName');
    return name ? this.text(name) : '';
  }
}

/** Nodes that start a scope of their own. */
const OWN_SCOPE: ReadonlySet<string> = new Set(['ClassDefinition', 'FunctionDefinition', 'LambdaExpression']);

/** The nodes of one scope in source order; of an inner class or function only the definition. */
export function* nodesInScope(scope: SyntaxNode): Generator<SyntaxNode> {
  // A list instead of recursion, because deep nesting could overflow the stack.
  const open = childrenOf(scope).reverse();
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    if (OWN_SCOPE.has(node.name)) continue;
    for (const child of childrenOf(node).reverse()) open.push(child);
  }
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/** The targets and values of an assignment: `a, b = c, d = 1, 2` has the targets a, b, c, d and the values 1, 2. */
export function assignmentParts(statement: SyntaxNode): { targets: SyntaxNode[]; values: SyntaxNode[] } {
  const groups: SyntaxNode[][] = [[]];
  for (const child of childrenOf(statement)) {
    if (child.name === 'AssignOp') groups.push([]);
    else if (child.name !== ',' && child.name !== 'TypeDef') groups.at(-1)?.push(child);
  }
  const values = groups.length > 1 ? (groups.pop() ?? []) : [];
  return { targets: values.length > 0 ? groups.flat() : [], values };
}

/** The comma-separated items between brackets: positional ones in order, and keyword ones by name. */
export function listItems(tree: PythonTree, list: SyntaxNode | null) {
  const positional: SyntaxNode[] = [];
  const named = new Map<string, SyntaxNode>();
  const children = list ? childrenOf(list) : [];
  for (const [i, child] of children.entries()) {
    if (/^\W/.test(child.name) || child.name === 'AssignOp' || child.name === 'Comment') continue;
    if (children[i + 1]?.name === 'AssignOp') continue;
    const name = children[i - 1]?.name === 'AssignOp' ? children[i - 2] : undefined;
    if (name) named.set(tree.text(name), child);
    else positional.push(child);
  }
  return { positional, named };
}

/** Texts and comments, which end at the end of the line or source if they are not closed, and brackets. */
const TOKENS =
  /"""(?:\\[\s\S]|(?!""")[^\\])*|'''(?:\\[\s\S]|(?!''')[^\\])*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?|#.*|[([{]|[)\]}]/g;

function assertShallow(source: string) {
  let depth = 0;
  for (const { 0: token } of source.matchAll(TOKENS)) {
    if ('([{'.includes(token)) depth += 1;
    if (')]}'.includes(token)) depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) throw new UnreadableSourceError('the source is nested too deeply');
  }
}
