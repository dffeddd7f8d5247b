import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, test } from '@jest/globals';

const FOLDER = resolve('tools/node_modules');
const INSTALL = 'node scripts/tools.mjs';

const NODE = newNode();
const areInstalled = existsSync(join(FOLDER, '.installed-from')) && existsSync(NODE);

/** A `describe` whose tests need the official tools. Skipped where nobody installed them; in CI their absence is a failure. */
export function describeWithTools(title: string, tests: () => void) {
  if (areInstalled) return describe(title, tests);
  const missing = `${title}: the test tools are not installed, \`${INSTALL}\` does it`;
  if (process.env.CI !== 'true') return test.skip(missing, () => {});
  test(title, () => {
    throw new Error(missing);
  });
}

/** A file of one of the tools, as text; empty where they are not installed. */
export const toolFile = (path: string) => (areInstalled ? readFileSync(join(FOLDER, path), 'utf8') : '');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly finished: Promise<Finished>;
}

/** Starts one of the tools with a Node that is new enough for it. */
export function startTool(script: string, parameters: string[], env: Record<string, string> = {}): Running {
  const child = spawn(NODE, [join(FOLDER, script), ...parameters], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = text(child.stdout);
  const err = text(child.stderr);
  const finished = new Promise<Finished>((answer, fail) => {
    child.once('error', fail);
    child.once('close', async (code) => answer({ code, out: await out, err: await err }));
  });
  return { child, finished };
}

/** This Node, or the one that was installed with the tools. */
function newNode(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  return join(FOLDER, `node-${process.platform}-${process.arch}`, 'bin', 'node');
}
