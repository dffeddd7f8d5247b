import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '../test/support/server.js';
import { channelOf, memberOf, startParley } from './parley.js';
import { Table } from './report.js';

/** Few channels in which much is posted, and many in which one message is posted per second or less. */
const CHANNELS = [8, 50] as const;
const POSTERS = 4;
const ROUNDS = 6;
const BODY = { text: 'x'.repeat(100) };
/** The kernel counts the time of processes in hundredths of a second. */
const TICK_MS = 10;

/**
 * What the signed log costs: processor time of the server per post, signed and not signed, in rounds that take turns, so
 * that whatever else the machine does meets both alike.
 */
export async function bench() {
  const seconds = Number(process.env.BENCH_SECONDS ?? 10);
  const table = new Table(['channels', 'ms of processor time per post, not signed', 'signed', 'more, %']);
  for (const count of CHANNELS) {
    await using signed = await startParley();
    await using unsigned = await startUnsigned();
    const [ours, bare] = [await opened(signed, count), await opened(unsigned, count)];
    const spent = { ours: new Spending(), bare: new Spending() };
    for (let round = 0; round <= ROUNDS; round++) {
      const isWarmUp = round === 0;
      await spent.bare.of(unsigned, isWarmUp, () => postFor(seconds, bare));
      await spent.ours.of(signed, isWarmUp, () => postFor(seconds, ours));
    }
    const [without, having] = [spent.bare.msPerPost, spent.ours.msPerPost];
    table.add(String(count), without, having, (having / without - 1) * 100);
  }
  table.print();
}

/** A server whose database does not contain the newest head that was signed, so it signs nothing. */
async function startUnsigned(): Promise<RunningServer> {
  const server = await startParley();
  const head = { size: 1_000_000_000, root: Buffer.alloc(32).toString('base64') };
  writeFileSync(join(server.dataDir, 'log-head.json'), JSON.stringify(head), { mode: 0o600 });
  await server.stop();
  await server.start();
  return server;
}

class Spending {
  private ms = 0;
  private posts = 0;

  async of({ pid }: RunningServer, isWarmUp: boolean, work: () => Promise<number>) {
    const before = processorMs(pid);
    const posts = await work();
    if (isWarmUp) return;
    this.ms += processorMs(pid) - before;
    this.posts += posts;
  }

  get msPerPost(): number {
    return this.ms / this.posts;
  }
}

/** User and system time of a process, the fields 14 and 15 of its `stat` (proc(5)). */
function processorMs(pid: number): number {
  const fields = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) as string).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

type Post = () => Promise<unknown>;

/** Each channel with a member of its own. */
async function opened({ url }: RunningServer, count: number): Promise<Post[]> {
  const posts: Post[] = [];
  for (let i = 0; i < count; i++) {
    const member = await memberOf(url);
    const channel_id = await channelOf([member]);
    posts.push(() => member.call('post_message', { channel_id, body: BODY, wait_ms: 0 }));
  }
  return posts;
}

/** Posts in one channel after another, POSTERS at a time; answers with the number of posts. */
async function postFor(seconds: number, posts: readonly Post[]): Promise<number> {
  const end = Date.now() + seconds * 1_000;
  let done = 0;
  const poster = async () => {
    while (Date.now() < end) await posts[done++ % posts.length]?.();
  };
  await Promise.all(Array.from({ length: POSTERS }, poster));
  return done;
}
