import type { Node } from 'acorn';

/** Every node of a program, parents before children. */
export function* everyNode(root: Node): Generator<Node & { source?: unknown }> {
  // A list instead of recursion, because deep nesting could overflow the stack.
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('type' in next && typeof next.type === 'string') yield next as Node;
    for (const child of Object.values(next).reverse()) open.push(child);
  }
}
