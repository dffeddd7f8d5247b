import { type Node, type Program, parse, tokTypes } from 'acorn';

/** A module as a script: one async function of what it exports and what it imported, with every line where it was. */
export interface ModuleScript {
  readonly code: string;
  /** What it imports statically: the names it takes of each module; `*` for all of them. */
  readonly imports: readonly { readonly module: string; readonly names: readonly string[] }[];
}

// Longer than any name somebody writes by accident, and no name of the language.
const EXPORTS = 'parley$exports';
const IMPORTED = 'parley$imported';

/**
 * Node 24 never gives back a context in which a `vm.SourceTextModule` was made, a quarter of a megabyte each time; a script
 * it does. Throws a SyntaxError where the source is no module.
 */
export function moduleScript(source: string): ModuleScript {
  const text = new Blanked(source);
  const program = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    // In a script, and only there, `<!--` begins a comment: what was read as code would not run, and the other way round.
    onToken: ({ type, start }) => {
      if (type === tokTypes.relational && source.startsWith('<!--', start))
        text.replace({ start: start + 1, end: start + 1 }, ' ');
    },
  });
  const imports: { module: string; names: string[] }[] = [];
  const before: string[] = [];
  const after: string[] = [];
  for (const statement of program.body) {
    if ('source' in statement && statement.source) {
      const module = String(statement.source.value);
      const { names, binding } = taken(statement, module);
      imports.push({ module, names });
      before.push(binding);
      text.blank(statement);
    } else if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      const id = 'id' in declaration ? declaration.id : undefined;
      if (declaration.type.endsWith('Declaration') && id) {
        text.blank({ start: statement.start, end: declaration.start });
        after.push(assign('default', (id as { name: string }).name));
      } else {
        text.replace({ start: statement.start, end: declaration.start }, `${EXPORTS}.default=`);
        // A declaration ends by itself; the expression it has become does not.
        if (declaration.type.endsWith('Declaration'))
          text.replace({ start: declaration.end, end: declaration.end }, ';');
      }
    } else if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration) text.blank({ start: statement.start, end: statement.declaration.start });
      else {
        for (const { exported, local } of statement.specifiers) after.push(assign(nameOf(exported), nameOf(local)));
        text.blank(statement);
      }
    }
  }
  replaceMeta(program, text);
  const code = `${head(before)}${text}\n;${after.join('')}})`;
  mustReadTheSame(program, code);
  return { code, imports };
}

/** Whatever else a script reads in another way than a module: it asks for no module that was not seen. */
function mustReadTheSame(module: Program, code: string) {
  const script = parse(code, { ecmaVersion: 'latest', sourceType: 'script' });
  if (asks(script) !== asks(module)) throw new SyntaxError('the module is not the same as a script');
}

const asks = (program: Program) => nodesOf(program).filter(({ type }) => type === 'ImportExpression').length;

const head = (before: readonly string[]) => `(async function(${EXPORTS},${IMPORTED}){'use strict';${before.join('')}`;

/** What esbuild makes of a package: no imports, and one export at its end. */
export function packageScript(source: string): string {
  const [whole, list = ''] = /export\s*\{([^{}]*)\};?\s*$/.exec(source) ?? [''];
  const assigned = list.split(',').map((item) => {
    const [local, exported = local] = item.split(/\s+as\s+/).map((word) => word.trim());
    return local ? assign(exported ?? local, local) : '';
  });
  const body = source.slice(0, source.length - whole.length);
  return `(function(${EXPORTS}){'use strict';${body}\n;${assigned.join('')}})`;
}

const assign = (exported: string, local: string) => `${EXPORTS}[${JSON.stringify(exported)}]=${local};`;

interface Named {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
}

/** A name may also be written as a text. */
const nameOf = (node: Node): string => (node as unknown as Named).name ?? String((node as unknown as Named).value);

function taken(statement: Program['body'][number], module: string) {
  const from = `${IMPORTED}[${JSON.stringify(module)}]`;
  if (statement.type !== 'ImportDeclaration') return { names: [], binding: '' };
  const names: string[] = [];
  const parts: string[] = [];
  for (const specifier of statement.specifiers) {
    const local = specifier.local.name;
    if (specifier.type === 'ImportNamespaceSpecifier') {
      names.push('*');
      parts.push(`const ${local}=${from};`);
    } else {
      const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(specifier.imported);
      names.push(name);
      parts.push(`const ${local}=${from}[${JSON.stringify(name)}];`);
    }
  }
  return { names, binding: parts.join('') };
}

/** A script has no `import.meta`; here there is nothing in it either. */
function replaceMeta(program: Program, text: Blanked) {
  for (const node of nodesOf(program)) {
    if (node.type === 'MetaProperty' && nameOf((node as unknown as { meta: Node }).meta) === 'import') {
      text.replace(node, '({})');
    }
  }
}

function nodesOf(root: Node): Node[] {
  const found: Node[] = [];
  // A list instead of recursion: hostile nesting must not end our stack.
  const open: unknown[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('type' in node && typeof node.type === 'string') found.push(node as Node);
    open.push(...Object.values(node));
  }
  return found;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A text of which parts are taken out, while every line stays where it is. */
class Blanked {
  private readonly parts: (Range & { readonly by: string })[] = [];

  constructor(private readonly source: string) {}

  blank(range: Range) {
    this.replace(range, '');
  }

  replace({ start, end }: Range, by: string) {
    this.parts.push({ start, end, by });
  }

  toString(): string {
    let text = '';
    let at = 0;
    for (const { start, end, by } of this.parts.sort((a, b) => a.start - b.start)) {
      const lines = this.source.slice(start, end).replace(/[^\n]/g, '');
      text += this.source.slice(at, start) + by + lines;
      at = end;
    }
    return text + this.source.slice(at);
  }
}
