import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { Sample } from './report.js';

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** How long the server is used before anything is counted: its code is compiled in this time. */
const WARM_UP_S = 5;
const ROUNDS = 5;

export interface Throughput {
  readonly perSecond: number;
  /** Processor time that the server took for a call, in microseconds. It depends less on what else the machine does. */
  readonly cpuUs: number;
}

export interface Target {
  readonly url: string;
  readonly pid: number;
}

/**
 * How many calls of some connections two servers answer, each of which sends its next call when the last one is
 * answered. The servers take turns, so that both see the same of what else the machine does; the median counts. Ends
 * with an error at the first answer that is not a 200.
 */
export async function compared(one: Target, other: Target, seconds: number, calls: readonly Call[]) {
  const rounds: [Throughput[], Throughput[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const lasting = round ? seconds / ROUNDS : WARM_UP_S;
    for (const [i, target] of [one, other].entries()) rounds[i]?.push(await throughput(target, lasting, calls));
  }
  return rounds.map((all) => medianOf(all.slice(1)));
}

const medianOf = (rounds: readonly Throughput[]): Throughput => ({
  perSecond: new Sample(rounds.map(({ perSecond }) => perSecond)).p50,
  cpuUs: new Sample(rounds.map(({ cpuUs }) => cpuUs)).p50,
});

async function throughput({ url, pid }: Target, seconds: number, calls: readonly Call[]): Promise<Throughput> {
  const agent = new Agent({ keepAlive: true, maxSockets: calls.length });
  const began = performance.now();
  const end = began + seconds * 1_000;
  const cpuBefore = cpuUsOf(pid);
  let done = 0;
  const line = async (call: Call) => {
    for (; performance.now() < end; done++) await answered(url, agent, call);
  };
  await Promise.all(calls.map(line));
  const perSecond = (done / (performance.now() - began)) * 1_000;
  agent.destroy();
  return { perSecond, cpuUs: (cpuUsOf(pid) - cpuBefore) / done };
}

/** User and system time of a process so far in microseconds (proc(5) has it in hundredths of a second). */
export function cpuUsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function answered(url: string, agent: Agent, { path, headers, body }: Call): Promise<string> {
  return new Promise((resolve, reject) => {
    const bytes = JSON.stringify(body);
    const options = { agent, method: 'POST', headers: { ...headers, 'content-length': Buffer.byteLength(bytes) } };
    const asked = request(`${url}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${path}: ${response.statusCode} ${text}`));
      });
    });
    asked.on('error', reject);
    asked.end(bytes);
  });
}
