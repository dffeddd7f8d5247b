import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { bearer, signIn } from '../test/support/oauth.js';
import { Table } from './report.js';

/** Under so much the server is to stay, in MiB of resident memory. */
const MAX_RESIDENT_MIB = 400;
const CHANNELS = 8;
const POSTERS = 2;
const BODY = { text: 'x'.repeat(500) };

/**
 * What sustained posting costs in memory: everybody posts as fast as they are answered, for BENCH_SECONDS (300), on a
 * server with the options of `npm start`. Ends the program with 1 where the server outgrows its bound.
 */
export async function bench() {
  const seconds = Number(process.env.BENCH_SECONDS ?? 300);
  const folder = mkdtempSync(join(tmpdir(), 'parley-posting-'));
  const server = spawn(process.execPath, [...optionsOfStart(), resolve('dist/src/main.js')], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'error', SANDBOX: 'embedded', ...UNLIMITED },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await addressOf(server.stdout);
    const channels = await Promise.all(Array.from({ length: CHANNELS }, (_, i) => opened(url, `Channel ${i}`)));
    const end = Date.now() + seconds * 1_000;
    const working = Promise.all(channels.flatMap((post) => Array.from({ length: POSTERS }, () => until(end, post))));
    const resident = await watched(server.pid as number, end);
    const posts = (await working).reduce((sum, count) => sum + count, 0);
    const table = new Table(['', 'figure']);
    table.add('posts', posts);
    table.add('MiB resident before the first post', resident[0] as number);
    table.add('MiB resident after a tenth of the time', resident[Math.floor(resident.length / 10)] as number);
    table.add('MiB resident at the end', resident.at(-1) as number);
    table.add('MiB resident at most', Math.max(...resident));
    table.print();
    if (Math.max(...resident) > MAX_RESIDENT_MIB) throw new Error(`more than ${MAX_RESIDENT_MIB} MiB`);
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

const UNLIMITED = Object.fromEntries(
  ['LIMIT_ADDRESS', 'LIMIT_ANONYMOUS', 'LIMIT_CLIENT', 'LIMIT_ACCOUNT', 'LIMIT_SEAT'].map((name) => [
    name,
    '1000000000',
  ]),
);

/** The options of Node that package.json starts the server with. */
function optionsOfStart(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return process.env.BENCH_NODE_OPTIONS?.split(' ') ?? scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += chunk;
    const url = /http:\/\/[\w.]+:\d+/.exec(text)?.[0];
    if (url) {
      output.resume();
      return url;
    }
  }
  throw new Error(`the server did not start: ${text}`);
}

/** A channel of its own, and how one posts there. */
async function opened(url: string, name: string): Promise<() => Promise<void>> {
  const headers = { ...bearer(await signIn(url, 'poster')), 'content-type': 'application/json' };
  const call = async (operation: string, body: object) => {
    const response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
    return answer as { channel_id: string; invites: string[] };
  };
  const { channel_id, invites } = await call('create_channel', { name, slots: ['invite:player'] });
  await call('join_channel', { invite_code: invites[0] });
  return async () => {
    await call('post_message', { channel_id, body: BODY });
  };
}

async function until(end: number, post: () => Promise<void>): Promise<number> {
  let posts = 0;
  for (; Date.now() < end; posts++) await post();
  return posts;
}

async function watched(pid: number, end: number): Promise<number[]> {
  const seen = [residentMib(pid)];
  while (Date.now() < end) {
    await setTimeout(1_000);
    seen.push(residentMib(pid));
  }
  return seen;
}

/** POSIX has it in KiB. */
const residentMib = (pid: number) => Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`])) / 1_024;
