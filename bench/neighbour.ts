import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { AS_IN_USE, MAIN, startServer } from '../test/support/server.js';
import { ATTACKS } from './attacks/all.js';
import type { Context } from './attacks/attack.js';
import { type NeighbourCall, neighbourOf } from './neighbour-calls.js';
import { Sample, Table } from './report.js';

const MEASURED_MS = 8_000;
const MAX_SAMPLES = 150;
const PAUSE_MS = 20;
/** A call that takes longer counts as having taken so long. */
const MAX_CALL_MS = 20_000;
/** Until the generator is at full strength. */
const WARM_UP_MS = 1_000;
const TARGET = 3;

/** How long a neighbour waits beside each attack, as a ratio to the same generator aimed at a port that discards. */
export async function bench(names = process.argv.slice(3)) {
  const table = new Table(['beside', 'p95 ms', 'p95 ms, discarded', 'ratio', `at most ${TARGET}`]);
  for (const name of names.length ? names : Object.keys(ATTACKS)) await measure(name, table);
  table.print();
}

async function measure(name: string, table: Table) {
  const load = ATTACKS[name];
  if (!load) throw new Error(`there is no attack ${name}: ${Object.keys(ATTACKS).join(', ')}`);
  const { attack } = await load();
  await using around = (await attack.surroundings?.()) ?? null;
  await using server = await startServer({ LOG_LEVEL: 'error', ...around?.env }, MAIN, AS_IN_USE);
  const context = await attack.prepare(server.url);
  const call = await neighbourOf(server.url, attack.measured);
  const discarding = await openSink();
  try {
    const floor = await beside({ name, url: discarding.url, context }, call);
    const attacked = await beside({ name, url: server.url, context }, call);
    const ratio = attacked.p95 / floor.p95;
    table.add(attack.about, attacked.p95, floor.p95, ratio, ratio <= TARGET ? 'yes' : 'NO');
  } finally {
    discarding.close();
  }
}

async function openSink() {
  const sink = fork(fileURLToPath(new URL('./sink.js', import.meta.url)));
  const [port] = await once(sink, 'message');
  return { url: `http://127.0.0.1:${port}`, close: () => sink.disconnect() };
}

/** The neighbour's calls, one after another, while a generator in another thread attacks an address. */
async function beside(
  workerData: { name: string; url: string; context: Context },
  call: NeighbourCall,
): Promise<Sample> {
  const generator = new Worker(new URL('./generator.js', import.meta.url), { workerData });
  await once(generator, 'message');
  await setTimeout(WARM_UP_MS);
  const times: number[] = [];
  for (const began = performance.now(); performance.now() - began < MEASURED_MS && times.length < MAX_SAMPLES; ) {
    const started = performance.now();
    await call(AbortSignal.timeout(MAX_CALL_MS)).catch((error) => {
      if (error.name !== 'TimeoutError') throw error;
    });
    times.push(performance.now() - started);
    await setTimeout(PAUSE_MS);
  }
  const ended = once(generator, 'exit');
  generator.postMessage('stop');
  await Promise.race([ended, setTimeout(5_000)]);
  await generator.terminate();
  return new Sample(times);
}
