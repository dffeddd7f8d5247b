import { depth } from './depth.js';
import { startFloor } from './floor-program.js';
import { type Call, compared, cpuUsOf, type Throughput } from './load.js';
import { channelOf, type Member, memberOf, startParley } from './parley.js';
import { pollers } from './pollers.js';
import { Table, timed } from './report.js';

const CONNECTIONS = 32;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
const STARTS = 3;
const BODY = { text: 'x'.repeat(200) };

const PARTS = { posts, busy, mcp, pollers, depth, start };

/** What the server costs beside the least that the same work can cost, measured in the same run. */
export async function bench(names = process.argv.slice(3)) {
  const table = new Table(['', 'measured', 'floor', '× floor', 'target', 'CPU µs a call', 'floor', 'floor / CPU']);
  for (const name of names.length ? names : Object.keys(PARTS)) await PARTS[name as keyof typeof PARTS](table);
  table.print();
}

/** Durable posts over REST, each connection in a channel of its own. */
async function posts(table: Table) {
  await ratio(table, 'posts/s, 32 channels', 'at least 0.5', 'floor-posts', async (members) => {
    const channels = await Promise.all(members.map((member) => channelOf([member])));
    return members.map((member, i) => postOf(member, channels[i] as string));
  });
}

/** The same number of members in one channel. */
async function busy(table: Table) {
  await ratio(table, 'posts/s, one channel', 'at least 0.5', 'floor-posts', async (members) => {
    const channel = await channelOf(members);
    return members.map((member) => postOf(member, channel));
  });
}

async function mcp(table: Table) {
  await ratio(table, 'MCP tools/call/s', 'at least 0.8', 'floor-mcp', async (members) => {
    const channels = await Promise.all(members.map((member) => channelOf([member])));
    return members.map((member, i) => syncOf(member, channels[i] as string));
  });
}

/** From the start of the process until it has printed where it listens. */
async function start(table: Table) {
  const cpuMs: number[] = [];
  const started = async () => {
    await using server = await startParley();
    cpuMs.push(cpuUsOf(server.pid) / 1_000);
  };
  const sample = await timed(STARTS, 0, started, 0);
  table.add('ms from start to ready, and of the processor', sample.p50, '', '', 'at most 3000', Math.min(...cpuMs));
}

async function ratio(
  table: Table,
  about: string,
  target: string,
  floorProgram: string,
  calls: (members: Member[]) => Promise<Call[]>,
) {
  await using server = await startParley();
  const members = await Promise.all(Array.from({ length: CONNECTIONS }, () => memberOf(server.url)));
  const all = await calls(members);
  await using floor = await startFloor(floorProgram);
  const [measured, least] = (await compared(server, floor, SECONDS, all)) as [Throughput, Throughput];
  const speeds = [measured.perSecond, least.perSecond, measured.perSecond / least.perSecond];
  table.add(about, ...speeds, target, measured.cpuUs, least.cpuUs, least.cpuUs / measured.cpuUs);
}

const postOf = ({ headers }: Member, channel_id: string): Call => ({
  path: '/post_message',
  headers,
  body: { channel_id, body: BODY },
});

const syncOf = ({ headers }: Member, channel_id: string): Call => ({
  path: '/mcp',
  headers: { ...headers, accept: 'application/json, text/event-stream' },
  body: {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'sync_messages', arguments: { channel_id, cursor: 1_000, timeout_ms: 0 } },
  },
});
