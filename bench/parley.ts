import { execFileSync } from 'node:child_process';
import { bearer, signIn } from '../test/support/oauth.js';
import { MAIN, type RunningServer, startServer } from '../test/support/server.js';

const SETTINGS = [
  ...['LIMIT_ADDRESS', 'LIMIT_ANONYMOUS', 'LIMIT_CLIENT', 'LIMIT_ACCOUNT', 'LIMIT_SEAT'],
  ...['LIMIT_SERVER_CALLS', 'LIMIT_ADDRESS_CALLS', 'LIMIT_ACCOUNT_CALLS', 'LIMIT_CONNECTIONS'],
  ...['LIMIT_ADDRESS_CONNECTIONS', 'LIMIT_STORAGE_MB', 'LIMIT_CHANNEL_STORAGE_MB'],
];
const UNLIMITED = {
  ...Object.fromEntries(SETTINGS.map((name) => [name, '1000000'])),
  // Thousands of connections that come at once wait for each other.
  LIMIT_REQUEST_S: '3600',
};

/**
 * The built server as in use, with limits that no benchmark reaches. Options of Node for a profile are in
 * BENCH_NODE_OPTIONS; a profile is written when the server stops.
 */
export async function startParley(): Promise<RunningServer> {
  const options = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const server = await startServer({ LOG_LEVEL: 'error', ...UNLIMITED }, MAIN, options);
  if (!options.length) return server;
  const close = server[Symbol.asyncDispose].bind(server);
  server[Symbol.asyncDispose] = async () => {
    await server.stop();
    await close();
  };
  return server;
}

/** Resident memory of a process. `ps` prints KiB. */
export const residentMib = (pid: number) => Number(execFileSync('ps', ['-o', 'rss=', '-p', `${pid}`])) / 1_024;

export type Headers = Readonly<Record<string, string>>;

/** A member with an account of their own. */
export interface Member {
  readonly headers: Headers;
  call<T>(operation: string, body: object): Promise<T>;
}

export async function memberOf(url: string): Promise<Member> {
  const headers = { ...bearer(await signIn(url, 'member')), 'content-type': 'application/json' };
  const call = async <T>(operation: string, body: object) => {
    const response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer)}`);
    return answer as T;
  };
  return { headers, call };
}

export interface OpenedChannel {
  readonly channel_id: string;
  readonly invites: string[];
}

/** Seats members in a new channel without bots, which the first of them creates. */
export async function channelOf(members: readonly Member[]): Promise<string> {
  const slots = members.map((_, i) => `invite:player${i}`);
  const [creator] = members;
  const opened = (await creator?.call<OpenedChannel>('create_channel', { name: 'Bench', slots })) as OpenedChannel;
  for (const [i, member] of members.entries()) await member.call('join_channel', { invite_code: opened.invites[i] });
  return opened.channel_id;
}
