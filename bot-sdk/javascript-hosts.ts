import type { AnyNode, Program } from 'acorn';
import { concatenations, eitherOf, HOST, hostsAt, hostsIn, PossibleValues, type Texts, UNKNOWN } from './hosts.js';
import { everyNode } from './javascript-nodes.js';

type Node = AnyNode;
type Call = Extract<Node, { type: 'CallExpression' }>;

/** The hosts that a program uses, as far as its source shows: in URLs and in connections by name and port. */
export function javaScriptHosts(program: Program): string[] {
  const nodes = [...everyNode(program)] as Node[];
  const meanings = new PossibleValues<Node>(read);
  for (const node of nodes) learn(node, meanings);
  return nodes.flatMap((node) => [
    ...(IS_TEXT.has(node.type) ? meanings.of(node).flatMap(hostsIn) : []),
    ...(node.type === 'CallExpression' ? calledHosts(node, meanings) : []),
    ...(node.type === 'AssignmentExpression' ? assignedHosts(node, meanings) : []),
  ]);
}

const IS_TEXT: ReadonlySet<string> = new Set([
  'BinaryExpression',
  'CallExpression',
  'Literal',
  'NewExpression',
  'TemplateLiteral',
]);

function learn(node: Node, meanings: PossibleValues<Node>) {
  switch (node.type) {
    case 'VariableDeclarator':
      if (node.id.type === 'Identifier' && node.init) meanings.assign(node.id.name, node.init);
      return;
    case 'AssignmentExpression':
      return nameGiven(meanings, nameOf(node.left), node.right);
    case 'AssignmentPattern':
      return nameGiven(meanings, nameOf(node.left), node.right);
    case 'Property':
    case 'PropertyDefinition':
      return nameGiven(meanings, node.computed ? undefined : nameOf(node.key), node.value);
    case 'ForOfStatement': {
      const declared = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
      return nameGiven(meanings, declared && nameOf(declared), node.right);
    }
  }
}

function nameGiven(meanings: PossibleValues<Node>, name: string | undefined, value: Node | null | undefined) {
  if (name !== undefined && value) meanings.assign(name, value);
}

/** The name of a variable, member or key. */
function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name;
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'MemberExpression')
    return node.computed && node.property.type !== 'Literal' ? undefined : nameOf(node.property);
  return undefined;
}

function read(node: Node, meanings: PossibleValues<Node>): Texts {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' || typeof node.value === 'number' ? [String(node.value)] : UNKNOWN;
    case 'TemplateLiteral':
      return concatenations(
        node.quasis.flatMap(({ value }, i) => {
          const expression = node.expressions[i];
          return [[value.cooked ?? value.raw], ...(expression ? [meanings.of(expression)] : [])];
        }),
      );
    case 'BinaryExpression':
      return node.operator === '+' ? concatenations([meanings.of(node.left), meanings.of(node.right)]) : UNKNOWN;
    case 'LogicalExpression':
      return eitherOf([meanings.of(node.left), meanings.of(node.right)]);
    case 'ConditionalExpression':
      return eitherOf([meanings.of(node.consequent), meanings.of(node.alternate)]);
    case 'ArrayExpression':
      return eitherOf(node.elements.map((element) => (element ? meanings.of(element) : UNKNOWN)));
    case 'AssignmentExpression':
      return meanings.of(node.right);
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return meanings.of(node.expression);
    case 'Identifier':
      return meanings.named(node.name);
    case 'MemberExpression':
      return memberTexts(node, meanings);
    case 'CallExpression':
      return callTexts(node, meanings);
    case 'NewExpression':
      return isNamed(node.callee, 'URL') ? urls(node.arguments.map((argument) => meanings.of(argument))) : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** The possible values of a member, by its name; for a list those of all elements. */
function memberTexts(node: Extract<Node, { type: 'MemberExpression' }>, meanings: PossibleValues<Node>): Texts {
  const name = nameOf(node);
  if (name !== undefined && !/^\d+$/.test(name)) {
    // Properties that contain the URL itself.
    if (['href', 'origin'].includes(name)) return meanings.of(node.object);
    return meanings.named(name);
  }
  return node.computed ? meanings.of(node.object) : UNKNOWN;
}

const SAME = ['trim', 'toString', 'toLowerCase', 'valueOf'];

function callTexts({ callee, arguments: given }: Call, meanings: PossibleValues<Node>): Texts {
  const args = given.map((argument) => meanings.of(argument));
  if (callee.type === 'Identifier') return callee.name === 'String' ? (args[0] ?? UNKNOWN) : UNKNOWN;
  if (callee.type !== 'MemberExpression') return UNKNOWN;
  const { object } = callee;
  const name = nameOf(callee) ?? '';
  if (SAME.includes(name)) return meanings.of(object);
  if (name === 'freeze') return args[0] ?? UNKNOWN;
  if (name === 'concat') return concatenations([meanings.of(object), ...args]);
  if (name === 'join' && object.type === 'ArrayExpression') {
    const between = args[0] ?? [','];
    return concatenations(
      object.elements.flatMap((each, i) => [...(i ? [between] : []), each ? meanings.of(each) : ['']]),
    );
  }
  return UNKNOWN;
}

function urls([first = UNKNOWN, base]: readonly Texts[]): Texts {
  if (!base) return first;
  return eitherOf(base.map((from) => first.map((to) => (URL.canParse(to, from) ? new URL(to, from).href : from))));
}

/**
 * The hosts of connections by Node's modules and `ctx.tls`: `tls(host, port)`, `connect(port, host)`, and options with
 * a host.
 */
function calledHosts({ callee, arguments: given }: Call, meanings: PossibleValues<Node>): string[] {
  const [first, second] = given;
  if (!first) return [];
  const portsOf = (node: Node | undefined) => (node ? meanings.of(node) : undefined);
  if (isNamed(callee, 'tls')) return hostsAt(meanings.of(first), portsOf(second));
  if (!CONNECTS.some((name) => isNamed(callee, name))) return [];
  const byOptions = given
    .flatMap((argument) => optionsOf(argument, meanings))
    .flatMap((options) => optionHosts(options, meanings));
  const isAddress = isNamed(callee, 'connect') && second !== undefined;
  return isAddress ? [...byOptions, ...hostsAt(meanings.of(second), portsOf(first))] : byOptions;
}

const CONNECTS = ['connect', 'createConnection', 'get', 'request'];

type Options = Extract<Node, { type: 'ObjectExpression' }>;

function optionsOf(argument: Node, meanings: PossibleValues<Node>): Options[] {
  const values = argument.type === 'Identifier' ? meanings.given(argument.name) : [argument];
  return values.filter((value) => value.type === 'ObjectExpression');
}

function optionHosts({ properties }: Options, meanings: PossibleValues<Node>): string[] {
  const texts = (...names: string[]) =>
    properties.flatMap((property) =>
      property.type === 'Property' && names.includes(nameOf(property.key) ?? '') ? meanings.of(property.value) : [],
    );
  const ports = texts('port');
  return hostsAt(texts('hostname', 'host', 'servername'), ports.length ? ports : undefined);
}

/** Assignments such as `url.hostname = …`. */
function assignedHosts(
  { left, right }: Extract<Node, { type: 'AssignmentExpression' }>,
  meanings: PossibleValues<Node>,
): string[] {
  const isHost = left.type === 'MemberExpression' && ['host', 'hostname'].includes(nameOf(left) ?? '');
  return isHost ? meanings.of(right).filter((text) => HOST.test(text)) : [];
}

const isNamed = (node: Node, name: string) => nameOf(node.type === 'ChainExpression' ? node.expression : node) === name;
