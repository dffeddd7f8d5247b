import fs from 'node:fs';
import type { Exports } from './kit-script.js';

type Act = (...args: unknown[]) => unknown;
type Stat = Record<string, number | bigint>;

/** Functions whose results differ between machines or runs, and that have no deterministic replacement. */
const ABSENT = [
  'glob',
  'mkdtemp',
  'mkdtempDisposable',
  'opendir',
  'statfs',
  'unwatchFile',
  'watch',
  'watchFile',
  'openAsBlob',
];
const STATS = ['stat', 'lstat', 'fstat'];
const BLOCK = 4_096;

/** `node:fs` for a bot: file times are 0, inodes are 0, and folders are listed in alphabetical order. */
export function repeatableFiles(): Exports {
  const promises = repeatablePromises();
  const files: Exports = { ...without(fs as unknown as Exports), promises };
  for (const name of STATS) {
    files[name] = later(fs[name as 'stat'] as Act, still);
    files[`${name}Sync`] = now(fs[`${name}Sync` as 'statSync'] as Act, still);
  }
  files.readdir = later(fs.readdir as Act, sorted);
  files.readdirSync = now(fs.readdirSync as Act, sorted);
  return { ...files, default: files };
}

/** `node:fs/promises` with the same changes. */
export function repeatablePromises(): Exports {
  const real = fs.promises as unknown as Record<string, Act>;
  const awaited =
    (name: string, change: (value: unknown) => unknown) =>
    async (...args: unknown[]) =>
      change(await real[name]?.(...args));
  const promises: Exports = {
    ...without(real),
    stat: awaited('stat', still),
    lstat: awaited('lstat', still),
    readdir: awaited('readdir', sorted),
    open: awaited('open', stillHandle),
  };
  return { ...promises, default: promises };
}

function without(module: Exports): Exports {
  const kept = Object.entries(module).filter(([name]) => !ABSENT.includes(name.replace(/Sync$/, '')));
  return Object.fromEntries(kept);
}

const now =
  (act: Act, change: (value: unknown) => unknown): Act =>
  (...args) =>
    change(act(...args));

const later =
  (act: Act, change: (value: unknown) => unknown): Act =>
  (...args) => {
    const callback = args.pop();
    if (typeof callback !== 'function') return act(...args, callback);
    return act(...args, (error: unknown, value: unknown) => (error ? callback(error) : callback(null, change(value))));
  };

/** File handles have their own `stat`, on a shared prototype. */
function stillHandle(handle: unknown): unknown {
  const shared = Object.getPrototypeOf(handle) as { stat: Act & { isStill?: boolean } };
  const { stat } = shared;
  if (!stat.isStill) {
    const repeatable = async function (this: unknown, ...args: unknown[]) {
      return still(await stat.apply(this, args));
    };
    shared.stat = Object.assign(repeatable, { isStill: true });
  }
  return handle;
}

/** The stats of a file without times and inode, which come from the kernel. */
function still(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const stat = value as Stat;
  const isBig = typeof stat.size === 'bigint';
  const as = (number: number) => (isBig ? BigInt(number) : number);
  if ((Number(stat.mode) & fs.constants.S_IFMT) !== fs.constants.S_IFREG) stat.size = as(0);
  for (const name of ['dev', 'ino', 'rdev']) stat[name] = as(0);
  for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
    stat[`${name}Ms`] = as(0);
    if (isBig) stat[`${name}Ns`] = 0n;
  }
  stat.blksize = as(BLOCK);
  stat.blocks = as(Math.ceil(Number(stat.size) / BLOCK) * (BLOCK / 512));
  return stat;
}

function sorted(entries: unknown): unknown {
  const nameOf = (entry: unknown) => {
    const { parentPath = '', name } = Object(entry) as { parentPath?: string; name?: string };
    return name === undefined ? String(entry) : `${parentPath}/${String(name)}`;
  };
  const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return Array.isArray(entries) ? entries.sort((a, b) => compared(nameOf(a), nameOf(b))) : entries;
}
