import type { Node } from 'acorn';
import type { Language } from '../../../bot-sdk/contract.js';
import { everyNode } from '../../../bot-sdk/javascript-nodes.js';
import { parseModule } from '../../../bot-sdk/javascript-source.js';
import { stripTypes } from '../../../bot-sdk/type-stripper.js';
import type { Finding, Rule } from './rules.js';

type AnyNode = Node & Record<string, unknown>;

const NETWORK = new Set(['fetch', 'tls', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'sendBeacon']);
const EVALUATION = new Set(['eval', 'Function', 'AsyncFunction', 'GeneratorFunction', 'importScripts']);
const GLOBALS = new Set(['globalThis', 'window', 'self', 'process', 'require', 'Proxy', 'Reflect']);
const PROTOTYPES = new Set(['constructor', '__proto__', 'prototype', 'setPrototypeOf', 'defineProperty']);
const NETWORK_MODULE = /^(?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/|$)/;

/** Searches the syntax tree, so that comments and texts are ignored. Lines are those of the source. */
export function javaScriptFindings(source: string, language: Language): Finding[] {
  const lineOf = linesOf(source);
  // Types are replaced by spaces, so every position stays the same.
  const program = parseModule(language === 'typescript' ? stripTypes(source) : source);
  return [...everyNode(program)].flatMap((node) =>
    rulesOf(node as AnyNode).map((rule) => ({ rule, line: lineOf(node.start) })),
  );
}

function rulesOf(node: AnyNode): Rule[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return node.source ? ofModule(textOf(node.source)) : [];
    case 'ImportExpression':
      return ['dynamic_import', ...ofModule(textOf(node.source)).filter((rule) => rule === 'network')];
    case 'CallExpression':
    case 'NewExpression':
      return ofCall(nameOf(node.callee));
    case 'MemberExpression':
      return ofMember(nameOf(node));
    case 'Identifier':
      return GLOBALS.has(String(node.name)) ? ['globals'] : [];
    case 'WhileStatement':
      return isTrue(node.test) ? ['endless_loop'] : [];
    case 'ForStatement':
      return node.test === null || isTrue(node.test) ? ['endless_loop'] : [];
    default:
      return [];
  }
}

const ofModule = (name: string): Rule[] => (NETWORK_MODULE.test(name) ? ['import', 'network'] : ['import']);

function ofCall(name: string): Rule[] {
  if (NETWORK.has(name)) return ['network'];
  return EVALUATION.has(name) || name === 'constructor' ? ['evaluation'] : [];
}

function ofMember(name: string): Rule[] {
  if (name === 'env') return ['env'];
  return PROTOTYPES.has(name) ? ['globals'] : [];
}

/** The last name of an expression that is called or read: for `x.y.fetch`, `x["fetch"]` and `fetch` it is `fetch`. */
function nameOf(value: unknown): string {
  const node = (value ?? {}) as AnyNode;
  if (node.type === 'Identifier') return String(node.name);
  if (node.type === 'ChainExpression') return nameOf(node.expression);
  if (node.type === 'MemberExpression') return node.computed ? textOf(node.property) : nameOf(node.property);
  return '';
}

const textOf = (value: unknown) => String((value as { value?: unknown } | null)?.value ?? '');

const isTrue = (value: unknown) => Boolean((value as { value?: unknown } | null)?.value);

function linesOf(source: string): (offset: number) => number {
  const ends = Array.from(source.matchAll(/\n/g), ({ index }) => index);
  return (offset) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
