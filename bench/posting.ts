import { setTimeout } from 'node:timers/promises';
import { channelOf, memberOf, residentMib, startParley } from './parley.js';
import { Table } from './report.js';

/** Under so much the server is to stay, in MiB of resident memory. */
const MAX_RESIDENT_MIB = 400;
const CHANNELS = 8;
const POSTERS = 2;
const BODY = { text: 'x'.repeat(500) };

/**
 * What sustained posting costs in memory: everybody posts as fast as they are answered, for BENCH_SECONDS (300). Ends the
 * program with 1 where the server outgrows its bound.
 */
export async function bench() {
  const seconds = Number(process.env.BENCH_SECONDS ?? 300);
  await using server = await startParley();
  const channels = await Promise.all(Array.from({ length: CHANNELS }, () => opened(server.url)));
  const end = Date.now() + seconds * 1_000;
  const working = Promise.all(channels.flatMap((post) => Array.from({ length: POSTERS }, () => until(end, post))));
  const resident = await watched(server.pid, end);
  const posts = (await working).reduce((sum, count) => sum + count, 0);
  const table = new Table(['', 'figure']);
  table.add('posts', posts);
  table.add('MiB resident before the first post', resident[0] as number);
  table.add('MiB resident after a tenth of the time', resident[Math.floor(resident.length / 10)] as number);
  table.add('MiB resident at the end', resident.at(-1) as number);
  table.add('MiB resident at most', Math.max(...resident));
  table.print();
  if (Math.max(...resident) > MAX_RESIDENT_MIB) throw new Error(`more than ${MAX_RESIDENT_MIB} MiB`);
}

/** Posts in a channel of its own. */
async function opened(url: string): Promise<() => Promise<unknown>> {
  const member = await memberOf(url);
  const channel_id = await channelOf([member]);
  return () => member.call('post_message', { channel_id, body: BODY });
}

async function until(end: number, post: () => Promise<unknown>): Promise<number> {
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
