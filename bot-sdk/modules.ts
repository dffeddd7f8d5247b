import type { Language } from './contract.js';

/** The module that every JavaScript bot may import: the kit itself. */
export const SDK_MODULE = 'bot-sdk';

/** Packages that are bundled into a bot when it is attached; they work in every runner. */
export const NPM_MODULES = ['big.js', 'chess.js', 'date-fns', 'lodash-es', 'zod'] as const;

/** Modules of Node that a bot may import in a container. */
export const NODE_MODULES = [
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:https',
  'node:path',
  'node:querystring',
  'node:string_decoder',
  'node:tls',
  'node:url',
  'node:util',
  'node:zlib',
] as const;

/**
 * Top-level modules that a Python bot may import: those that bots of MCP Multiplayer use, and common ones of the
 * standard library.
 */
export const PYTHON_MODULES = [
  '__future__',
  'abc',
  'array',
  'asyncio',
  'base64',
  'binascii',
  'bisect',
  'calendar',
  'certifi',
  'charset_normalizer',
  'cmath',
  'collections',
  'colorsys',
  'contextlib',
  'copy',
  'csv',
  'dataclasses',
  'datetime',
  'decimal',
  'difflib',
  'email',
  'enum',
  'fractions',
  'functools',
  'graphlib',
  'hashlib',
  'heapq',
  'hmac',
  'html',
  'http',
  'idna',
  'io',
  'itertools',
  'json',
  'keyword',
  'logging',
  'math',
  'numbers',
  'operator',
  'pprint',
  'queue',
  'random',
  're',
  'requests',
  'secrets',
  'shlex',
  'socket',
  'ssl',
  'statistics',
  'string',
  'struct',
  'sys',
  'textwrap',
  'time',
  'traceback',
  'types',
  'typing',
  'unicodedata',
  'urllib',
  'urllib3',
  'uuid',
  'warnings',
  'weakref',
  'zlib',
  'zoneinfo',
] as const;

/** These modules can access only the workspace, and must be declared in the manifest. */
export const DECLARED_MODULES: readonly string[] = ['node:fs', 'node:fs/promises'];

/** Every module that a bot of this language may be allowed to import. */
export function modulesOf(language: Language): readonly string[] {
  return language === 'python' ? PYTHON_MODULES : [SDK_MODULE, ...NPM_MODULES, ...NODE_MODULES];
}
