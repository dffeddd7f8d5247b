import type { Language } from './contract.js';

/** What every JavaScript bot may import; it is the kit itself. */
export const SDK_MODULE = 'bot-sdk';

/** Packages that are bundled into a bot when it is attached; they run wherever the bot does. */
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

/** Top-level modules that a Python bot may import: the list of the system whose bots run here unmodified. */
export const PYTHON_MODULES = [
  '__future__',
  'base64',
  'certifi',
  'charset_normalizer',
  'collections',
  'copy',
  'datetime',
  'email',
  'functools',
  'hashlib',
  'hmac',
  'http',
  'idna',
  'io',
  'itertools',
  'json',
  'math',
  'random',
  're',
  'requests',
  'secrets',
  'socket',
  'ssl',
  'sys',
  'time',
  'traceback',
  'typing',
  'urllib',
  'urllib3',
  'warnings',
  'weakref',
] as const;

/** They reach the workspace and nothing else, and only where a manifest names them: nobody gets files by importing them. */
export const DECLARED_MODULES: readonly string[] = ['node:fs', 'node:fs/promises'];

/** Every module a bot of this language can be allowed. */
export function modulesOf(language: Language): readonly string[] {
  return language === 'python' ? PYTHON_MODULES : [SDK_MODULE, ...NPM_MODULES, ...NODE_MODULES];
}
