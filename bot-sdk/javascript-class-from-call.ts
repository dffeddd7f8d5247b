import type { Class, Program } from 'acorn';

/**
 * The name of a class that a function call creates, such as `mixed(Base)`: the default export, or the name of the
 * export or of the bot. Undefined if there is none. Whether it really is a class is known only after a trial.
 */
export function classFromCall(
  program: Program,
  exported: Class | string | undefined,
  name?: string,
): string | undefined {
  const isMade = program.body.some(
    (node) => node.type === 'ExportDefaultDeclaration' && node.declaration.type === 'CallExpression',
  );
  if (isMade) return 'Bot';
  if (typeof exported === 'object') return undefined;
  const made = program.body.flatMap((statement) => {
    const node = 'declaration' in statement && statement.declaration ? statement.declaration : statement;
    if (node.type !== 'VariableDeclaration') return [];
    return node.declarations.flatMap(({ id, init }) =>
      id.type === 'Identifier' && init?.type === 'CallExpression' ? [id.name] : [],
    );
  });
  if (exported !== undefined) return made.includes(exported) ? exported : undefined;
  return name !== undefined && made.includes(name) ? name : undefined;
}
