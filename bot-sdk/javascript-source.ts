import {
  type Class,
  getLineInfo,
  type Identifier,
  type Literal,
  type ModuleDeclaration,
  type Node,
  type Program,
  parse,
} from 'acorn';
import {
  BundleError,
  NO_CLASS,
  NO_CLASS_IN_COMMONJS,
  type Position,
  UnreadableSourceError,
  withLine,
} from './bundle-error.js';
import { HOOKS, type Hook } from './contract.js';
import { classFromCall } from './javascript-class-from-call.js';
import { javaScriptHosts } from './javascript-hosts.js';
import { everyNode } from './javascript-nodes.js';
import { NPM_MODULES } from './modules.js';
import type { SourceFacts } from './source-facts.js';

/** A CommonJS export. */
const COMMONJS = /^\s*(?:module\.)?exports\b[^;\n=]*=/m;

/** Finds the bot's class in a module, and what the module imports and uses. */
export function readJavaScript(source: string, name?: string): SourceFacts & { staticImports: string[] } {
  const program = parseModule(source);
  const classes = topLevelClasses(program);
  const exported = defaultExport(program);
  const made = classFromCall(program, exported, name);
  const chosen =
    typeof exported === 'object'
      ? exported
      : (classes.get(exported ?? '') ?? classes.get(name ?? '') ?? likeliest(classes, source));
  if (!made && (!chosen || (typeof exported === 'string' && !classes.has(exported)))) {
    throw noClass(program, source);
  }
  const className = made ?? nameOf(chosen as Class, classes);
  const statics = program.body.flatMap((node) =>
    'source' in node && node.source ? [{ module: String(node.source.value), names: namesTaken(node), node }] : [],
  );
  const { dynamics, computed, importsDynamically } = reachesFor(program, source);
  const named = [...statics, ...dynamics.map((each) => ({ ...each, names: ['*'] }))];
  return {
    executed: exported === undefined ? `${source}\nexport default ${className};\n` : source,
    className,
    hooks: chosen && !made ? hooksOf(chosen, classes) : [],
    imports: unique(named.map(({ module }) => module)),
    importLines: linesOf([...named, ...(computed.length === 1 ? computed : [])], source),
    packages: packagesIn(named),
    importsDynamically,
    hosts: unique(javaScriptHosts(program)),
    staticImports: statics.map(({ module }) => module),
  };
}

/** The error for a source that exports something else than a class. */
function noClass(program: Program, source: string): BundleError {
  const commonJs = COMMONJS.exec(source);
  const exported = program.body.find(({ type }) => type === 'ExportDefaultDeclaration');
  const start = commonJs ? commonJs.index + commonJs[0].search(/\S/) : exported?.start;
  const line = start === undefined ? undefined : getLineInfo(source, start).line;
  return new BundleError('NO_CLASS', withLine(commonJs ? NO_CLASS_IN_COMMONJS : NO_CLASS, line));
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

interface ImportAt {
  readonly module: string;
  readonly node: Node;
}

interface NamedImport extends ImportAt {
  readonly names: readonly string[];
}

function linesOf(named: readonly ImportAt[], source: string): Map<string, number> {
  const lines = new Map<string, number>();
  const inOrder = [...named].sort((one, other) => one.node.start - other.node.start);
  let [line, at] = [1, 0];
  for (const { module, node } of inOrder) {
    line += source.slice(at, node.start).split(LINE_END).length - 1;
    at = node.start;
    if (!lines.has(module)) lines.set(module, line);
  }
  return lines;
}

/**
 * The first class with hooks that no other such class extends, because helpers often come before the bot. If no class
 * has hooks: the first that uses `ctx` or whose prototype is changed, or else the first one.
 */
function likeliest(classes: Map<string, Class>, source: string): Class | undefined {
  const all = [...classes.values()];
  const bots = all.filter((each) => hooksOf(each, classes).length > 0);
  const isLikely = (each: Class) =>
    /\bctx\b/.test(source.slice(each.start, each.end)) || source.includes(`${nameOf(each, classes)}.prototype`);
  return bots.find((each) => !bots.some((other) => parentOf(other, classes) === each)) ?? all.find(isLikely) ?? all[0];
}

export function parseModule(source: string): Program {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch (error) {
    if (error instanceof RangeError) throw new UnreadableSourceError('the source is nested too deeply');
    const { message, loc, pos } = error as SyntaxError & { loc?: Position; pos?: number };
    throw new UnreadableSourceError(explained(message.replace(/ \(\d+:\d+\)$/, ''), source, pos), loc);
  }
}

/** A clearer message for common syntax that no engine here supports. */
function explained(message: string, source: string, pos = 0): string {
  if (source[pos] === '@') return 'decorators are not supported here: call the function yourself';
  const [word] = /\baccessor\s+$/.test(source.slice(0, pos))
    ? ['accessor']
    : (/^(enum|namespace)\b/.exec(source.slice(pos)) ?? []);
  if (word === 'accessor') return 'accessor fields are not supported here: write a getter and a setter';
  return word ? `${message}: ${word} is TypeScript that must be compiled; here, types are only removed` : message;
}

/** Throws for declarations that the parser accepts but no engine here supports. */
function assertKnown(node: Node & { kind?: unknown }, source: string) {
  if (node.type !== 'VariableDeclaration' || !String(node.kind).endsWith('using')) return;
  throw new UnreadableSourceError(
    'using is not supported here: release the resource in a finally block',
    getLineInfo(source, node.start),
  );
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

/** The default-exported class, or the name of what is exported; undefined if there is no default export. */
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
    // A re-export from another module is not a class of this one, whatever its name.
    if (specifier) return node.source ? '' : exportName(specifier.local);
  }
  return undefined;
}

/** The name of an export, which may be a string: `export { Bot as "default" }`. */
function exportName(name: Identifier | Literal): string {
  return name.type === 'Identifier' ? name.name : String(name.value);
}

function nameOf(chosen: Class, classes: Map<string, Class>): string {
  // In `const A = class B {}` only A is a name in the module's scope.
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

function packagesIn(named: readonly NamedImport[]): Record<string, string[]> {
  const packages = NPM_MODULES.map((module): [string, string[]] => {
    const names = unique(named.flatMap((each) => (each.module === module ? each.names : [])));
    return [module, names.includes('*') ? ['*'] : names.sort()];
  });
  return Object.fromEntries(packages.filter(([module]) => named.some((each) => each.module === module)));
}

function reachesFor(program: Program, source: string) {
  const dynamics: ImportAt[] = [];
  const computed: ImportAt[] = [];
  let importsDynamically = false;
  for (const node of everyNode(program)) {
    assertKnown(node, source);
    if (node.type !== 'ImportExpression') continue;
    importsDynamically = true;
    if (isText(node.source)) dynamics.push({ module: node.source.value, node });
    else computed.push({ module: '', node });
  }
  return { dynamics, computed, importsDynamically };
}

function isText(node: unknown): node is Node & { value: string } {
  const { type, value } = (node ?? {}) as { type?: string; value?: unknown };
  return type === 'Literal' && typeof value === 'string';
}

export function unique(items: string[]): string[] {
  return [...new Set(items)];
}

export function camelCase(hook: string): string {
  return hook.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
