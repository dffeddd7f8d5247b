import { setTimeout } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../bot-sdk/contract.js';
import type { DockerRunner, DockerSettings } from '../src/runtime/docker/docker-runner.js';
import { type Executable, NO_NETWORK } from '../src/runtime/runner.js';
import { message } from './bots.js';
import { Sample, type Table } from './report.js';

const SECONDS = 8;
const RATES = [80, 160];

/** How many hooks a second some bots get done, and how long a hook takes when so many a second are asked for. */
export async function throughput(
  runner: (settings: Partial<DockerSettings>) => DockerRunner,
  bot: Executable,
  table: Table,
) {
  const scheduler = runner({ pool: 0 });
  const run = (name: string) => scheduler.run(bot, message(name), DEFAULT_LIMITS, NO_NETWORK);
  for (const bots of [1, 8, 50]) {
    const names = Array.from({ length: bots }, (_, i) => `t${i}`);
    for (let i = 0; i < bots; i += 4) await Promise.all(names.slice(i, i + 4).map(run));
    let done = 0;
    const end = performance.now() + SECONDS * 1_000;
    const loop = async (name: string) => {
      while (performance.now() < end) if ((await run(name)).outcome === 'ok') done += 1;
    };
    await Promise.all(names.map(loop));
    table.add(`hooks/s of ${bots} bot${bots > 1 ? 's' : ''}, each asked again at once`, done / SECONDS);
  }
  for (const rate of RATES) {
    const { sample, failed } = await asked(rate, 50, run);
    table.add(
      `50 bots, ${rate} hooks/s at random: p50, p95 ms, failed`,
      `${sample.p50.toFixed(1)}, ${sample.p95.toFixed(1)}, ${failed}`,
    );
  }
  table.add('containers alive at once', scheduler.status.containers);
  await scheduler.close();
}

/** Hooks come whether the ones before are done or not, as messages do. */
async function asked(rate: number, bots: number, run: (name: string) => Promise<{ outcome: string }>) {
  const times: number[] = [];
  let failed = 0;
  const open: Promise<void>[] = [];
  const began = performance.now();
  for (let next = began; next < began + SECONDS * 1_000; next += (-Math.log(1 - Math.random()) * 1_000) / rate) {
    if (next > performance.now()) await setTimeout(next - performance.now());
    const started = performance.now();
    const hook = run(`t${Math.floor(Math.random() * bots)}`);
    open.push(
      hook.then(({ outcome }) => {
        times.push(performance.now() - started);
        if (outcome !== 'ok') failed += 1;
      }),
    );
  }
  await Promise.all(open);
  return { sample: new Sample(times), failed };
}
