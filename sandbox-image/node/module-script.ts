import { type Node, type Program, parse, tokTypes } from 'acorn';

/** A module rewritten as a script: an async function of its exports and imports. Line numbers are unchanged. */
export interface ModuleScript {
  readonly code: string;
  /** The static imports: the imported names of each module; `*` for all. */
  readonly imports: readonly { readonly module: string; readonly names: readonly string[] }[];
}

// A name that no source uses by accident.
const EXPORTS = 'parley$exports';
const IMPORTED = 'parley$imported';

/**
 * Rewrites a module as a script. Node 24 never frees a context in which a `vm.SourceTextModule` was created (250 kB
 * each), but it does after a script. Throws a SyntaxError if the source is not a module.
 */
export function moduleScript(source: string): ModuleScript {
  const text = new Blanked(source);
  const program = parse(source, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    // Needed to find where the parentheses around an expression begin.
    preserveParens: true,
    // `<!--` begins a comment in a script but not in a module, so the executed code could differ from the reviewed
    // code.
    onToken: ({ type, start }) => {
      if (type === tokTypes.relational && source.startsWith('<!--', start))
        text.replace({ start: start + 1, end: start + 1 }, ' ');
    },
  });
  // A hashbang is not allowed inside a function.
  const hashbang = /^#!.*/.exec(source)?.[0].length ?? 0;
  if (hashbang > 0) text.blank({ start: 0, end: hashbang });
  const imports: { module: string; names: string[] }[] = [];
  const before: string[] = [];
  const after: string[] = [];
  for (const statement of program.body) {
    if ('source' in statement && statement.source) {
      const module = String(statement.source.value);
      const { names, binding } = taken(statement, module);
      imports.push({ module, names });
      before.push(binding);
      text.end(statement);
    } else if (statement.type === 'ExportDefaultDeclaration') {
      const { declaration } = statement;
      const id = 'id' in declaration ? declaration.id : undefined;
      if (declaration.type.endsWith('Declaration') && id) {
        text.blank({ start: statement.start, end: declaration.start });
        after.push(assign('default', (id as { name: string }).name));
      } else {
        // As a property named `default`, so that an anonymous class gets that name; a declaration ends by itself, an
        // expression does not.
        text.replace({ start: statement.start, end: declaration.start }, `${EXPORTS}.default={default:`);
        text.replace({ start: declaration.end, end: declaration.end }, '}.default;');
      }
    } else if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration) text.blank({ start: statement.start, end: statement.declaration.start });
      else {
        for (const { exported, local } of statement.specifiers) after.push(assign(nameOf(exported), nameOf(local)));
        text.end(statement);
      }
    }
  }
  replaceMeta(program, text);
  const code = `${head(before)}${text}\n;${after.join('')}})`;
  assertReadsTheSame(program, code);
  return { code, imports };
}

/**
 * A check for other differences between scripts and modules: the script must import no module that the module does not.
 */
function assertReadsTheSame(module: Program, code: string) {
  const script = parse(code, { ecmaVersion: 'latest', sourceType: 'script' });
  if (asks(script) !== asks(module)) throw new SyntaxError('the module is not the same as a script');
}

const asks = (program: Program) => nodesOf(program).filter(({ type }) => type === 'ImportExpression').length;

const head = (before: readonly string[]) => `(async function(${EXPORTS},${IMPORTED}){'use strict';${before.join('')}`;

/** Rewrites the output of esbuild for a package: no imports, and one export at its end. */
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

/** A name may also be a string literal. */
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

/** A script has no `import.meta`; it is replaced by an empty object. */
function replaceMeta(program: Program, text: Blanked) {
  for (const node of nodesOf(program)) {
    if (node.type === 'MetaProperty' && nameOf((node as unknown as { meta: Node }).meta) === 'import') {
      text.replace(node, '({})');
    }
  }
}

function nodesOf(root: Node): Node[] {
  const found: Node[] = [];
  // A list instead of recursion, because deep nesting could overflow the stack.
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

/** A text of which parts are replaced, without changing line numbers. */
class Blanked {
  private readonly parts: (Range & { readonly by: string })[] = [];

  constructor(private readonly source: string) {}

  blank(range: Range) {
    this.replace(range, '');
  }

  /** Removes a statement and keeps the statements before and after it separate. */
  end(statement: Range) {
    this.replace(statement, ';');
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
