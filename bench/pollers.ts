import { Agent, get } from 'node:http';
import { pollsWaiting } from '../test/support/rooms.js';
import { channelOf, type Headers, type Member, memberOf, residentMib, startParley } from './parley.js';
import type { Table } from './report.js';

const IDLE = Number(process.env.BENCH_POLLERS ?? 10_000);
const WOKEN = Math.ceil(IDLE / 10);
const PORTION = 500;
const MAX_MIB = 500;
const MAX_MS = 150;

/** What waiting calls cost: each holds a connection. One post wakes a tenth of them. */
export async function pollers(table: Table) {
  await using server = await startParley();
  const [quiet, woken] = await Promise.all([memberOf(server.url), memberOf(server.url)]);
  const channels = [await channelOf([woken]), await channelOf([quiet])] as const;
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const before = residentMib(server.pid);
  const waiting: Promise<void>[] = [];
  // In portions: so many new connections at once would be more than the machine queues for a server.
  for (let i = 0; i < IDLE; i++) {
    waiting.push(i < WOKEN ? poll(server.url, agent, woken, channels[0]) : poll(server.url, agent, quiet, channels[1]));
    if (waiting.length % PORTION === 0) await pollsWaiting(server, waiting.length);
  }
  const during = residentMib(server.pid);

  const began = performance.now();
  await woken.call('post_message', { channel_id: channels[0], body: 'news', wait_ms: 0 });
  await Promise.all(waiting.slice(0, WOKEN));
  const ms = performance.now() - began;

  table.add(`MiB resident with ${IDLE} idle pollers`, during, before, during / before, `below ${MAX_MIB}`);
  table.add(`ms until the last of ${WOKEN} of them has a post`, ms, '', '', `at most ${MAX_MS}`);
  // The others end with their connections.
  const ended = Promise.allSettled(waiting);
  agent.destroy();
  await ended;
}

/** Waits again and again, until there is a message. */
async function poll(url: string, agent: Agent, { headers }: Member, channel: string): Promise<void> {
  const address = `${url}/sync_messages?channel_id=${channel}&cursor=1000&timeout_ms=50000`;
  while (!(await messagesAt(address, agent, headers)).length);
}

function messagesAt(address: string, agent: Agent, headers: Headers): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const asked = get(address, { agent, headers: { ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text).messages);
        else reject(new Error(`sync_messages: ${response.statusCode} ${text}`));
      });
    });
    asked.on('error', reject);
  });
}
