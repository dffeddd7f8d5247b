import {
  type Class,
  type Identifier,
  type Literal,
  type ModuleDeclaration,
  type Node,
  type Program,
  parse,
} from 'acorn';
import { BundleError, type Position, UnreadableSource } from './bundle-error.js';
import { HOOKS, type Hook } from './contract.js';
import { NPM_MODULES } from './modules.js';
import type { Reading } from './reading.js';

/** Finds the bot's class in a module, and what the module reaches for. */
export function readJavaScript(source: string, name?: string): Reading & { staticImports: string[] } {
  const program = parseModule(source);
  const classes = topLevelClasses(program);
  const exported = defaultExport(program);
  const chosen =
    typeof exported === 'object'
      ? exported
      : (classes.get(exported ?? '') ?? classes.get(name ?? '') ?? likeliest(classes));
  if (!chosen || (typeof exported === 'string' && !classes.has(exported))) {
    throw new BundleError('NO_CLASS', 'a bot is one class: export it, or put it at the top level');
  }
  const className = nameOf(chosen, classes);
  const statics = program.body.flatMap((node) =>
    'source' in node && node.source ? [[String(node.source.value), namesTaken(node)] as const] : [],
  );
  const staticImports = statics.map(([module]) => module);
  const { dynamicImports, importsDynamically, hosts } = reachesFor(program);
  const named = [...statics, ...dynamicImports.map((module) => [module, ['*']] as const)];
  return {
    executed: exported === undefined ? `${source}\nexport default ${className};\n` : source,
    className,
    hooks: hooksOf(chosen, classes),
    imports: unique([...staticImports, ...dynamicImports]),
    packages: packagesIn(named),
    importsDynamically,
    hosts: unique(hosts),
    staticImports,
  };
}

/** The first class with hooks that no other such class extends, or the first of all: helpers often come before the bot. */
function likeliest(classes: Map<string, Class>): Class | undefined {
  const all = [...classes.values()];
  const bots = all.filter((each) => hooksOf(each, classes).length > 0);
  return bots.find((each) => !bots.some((other) => parentOf(other, classes) === each)) ?? all[0];
}

export function parseModule(source: string): Program {
  try {
    return parse(source, { ecmaVersion: 2024, sourceType: 'module' });
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableSource('the source is nested too deeply');
    const { message, loc } = error as SyntaxError & { loc?: Position };
    throw new UnreadableSource(message.replace(/ \(\d+:\d+\)$/, ''), loc);
  }
}

function topLevelClasses({ body }: Program): Map<string, Class> {
  const classes = new Map<string, Class>();
  for (const statement of body) {
    const node = 'declaration' in statement && statement.declaration ? statement.declaration : statement;
    if (node.type === 'ClassDeclaration' && node.id) classes.set(node.id.name, node);
    if (node.type !== 'VariableDeclaration') continue;
    for (const { id, init } of node.declarations) {
      if (id.type === 'Identifier' && init?.type === 'ClassExpression') classes.set(id.name, init);
    }
  }
  return classes;
}

/** The class that is exported as default, or the name of what is; undefined where nothing is. */
function defaultExport({ body }: Program): Class | string | undefined {
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') {
      const { declaration } = node;
      if (declaration.type === 'ClassDeclaration' || declaration.type === 'ClassExpression')
        return declaration as Class;
      return declaration.type === 'Identifier' ? declaration.name : '';
    }
    if (node.type === 'ExportAllDeclaration' && node.exported && exportName(node.exported) === 'default') return '';
    if (node.type !== 'ExportNamedDeclaration') continue;
    const specifier = node.specifiers.find(({ exported }) => exportName(exported) === 'default');
    // What another module exports is no class of this one, whatever its name.
    if (specifier) return node.source ? '' : exportName(specifier.local);
  }
  return undefined;
}

/** An export may be named by a text: `export { Bot as "default" }`. */
function exportName(name: Identifier | Literal): string {
  return name.type === 'Identifier' ? name.name : String(name.value);
}

function nameOf(chosen: Class, classes: Map<string, Class>): string {
  // In `const A = class B {}` only A is a name the module knows.
  return [...classes].find(([, node]) => node === chosen)?.[0] ?? chosen.id?.name ?? 'Bot';
}

function hooksOf(chosen: Class, classes: Map<string, Class>): Hook[] {
  const names = new Set<string>();
  const seen = new Set<Class>();
  for (let node: Class | undefined = chosen; node && !seen.has(node); node = parentOf(node, classes)) {
    seen.add(node);
    for (const member of node.body.body) {
      const isOwn =
        (member.type === 'MethodDefinition' || member.type === 'PropertyDefinition') &&
        !member.static &&
        !member.computed;
      if (isOwn && member.key.type === 'Identifier') names.add(member.key.name);
      if (isOwn && member.key.type === 'Literal') names.add(String(member.key.value));
    }
  }
  return HOOKS.filter((hook) => names.has(hook) || names.has(camelCase(hook)));
}

function parentOf({ superClass }: Class, classes: Map<string, Class>): Class | undefined {
  return superClass?.type === 'Identifier' ? classes.get(superClass.name) : undefined;
}

/** The names that an import or a re-export takes from its module. */
function namesTaken(node: ModuleDeclaration): string[] {
  if (node.type === 'ExportAllDeclaration') return ['*'];
  if (node.type === 'ImportDeclaration') {
    return node.specifiers.map((specifier) => {
      if (specifier.type === 'ImportNamespaceSpecifier') return '*';
      return specifier.type === 'ImportDefaultSpecifier' ? 'default' : exportName(specifier.imported);
    });
  }
  return node.type === 'ExportNamedDeclaration' ? node.specifiers.map(({ local }) => exportName(local)) : [];
}

function packagesIn(named: (readonly [module: string, names: readonly string[]])[]): Record<string, string[]> {
  const packages = NPM_MODULES.map((module): [string, string[]] => {
    const names = unique(named.flatMap(([from, taken]) => (from === module ? taken : [])));
    return [module, names.includes('*') ? ['*'] : names.sort()];
  });
  return Object.fromEntries(packages.filter(([module]) => named.some(([from]) => from === module)));
}

function reachesFor(program: Program) {
  const dynamicImports: string[] = [];
  let importsDynamically = false;
  const texts: string[] = [];
  for (const node of everyNode(program)) {
    if (node.type === 'ImportExpression') importsDynamically = true;
    if (node.type === 'ImportExpression' && isText(node.source)) dynamicImports.push(node.source.value);
    if (isText(node)) texts.push(node.value);
    if (node.type === 'TemplateElement') texts.push((node as unknown as { value: { raw: string } }).value.raw);
  }
  return { dynamicImports, importsDynamically, hosts: texts.flatMap(hostsIn) };
}

export function* everyNode(root: Node): Generator<Node & { source?: unknown }> {
  // A list instead of recursion: hostile nesting must not end our stack.
  const open: unknown[] = [root];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if ('type' in next && typeof next.type === 'string') yield next as Node;
    for (const child of Object.values(next).reverse()) open.push(child);
  }
}

function isText(node: unknown): node is Node & { value: string } {
  const { type, value } = (node ?? {}) as { type?: string; value?: unknown };
  return type === 'Literal' && typeof value === 'string';
}

/** The hosts of the https URLs in a text, as a manifest would declare them. */
export function hostsIn(text: string): string[] {
  const found = Array.from(text.matchAll(/https:\/\/([a-z0-9][a-z0-9.-]*(?::\d{1,5})?)/gi), ([, host]) =>
    (host ?? '')
      .toLowerCase()
      .replace(/\.(?=:|$)/, '')
      .replace(/:443$/, ''),
  );
  return found.filter((host) => HOST.test(host));
}

/** A host a manifest can declare: a name with a dot, `*.` before it for all names below, a port behind it where it is not 443. */
export const HOST = /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?$/;

export function unique(items: string[]): string[] {
  return [...new Set(items)];
}

export function camelCase(hook: string): string {
  return hook.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
