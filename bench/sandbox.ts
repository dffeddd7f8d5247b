import { setTimeout } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../bot-sdk/contract.js';
import { readConfig } from '../src/platform/config/config.js';
import { createLog } from '../src/platform/observability/logging.js';
import { DockerRunner, type DockerSettings } from '../src/runtime/docker/docker-runner.js';
import { EmbeddedRunner } from '../src/runtime/embedded/embedded-runner.js';
import { firstSandboxHost } from '../src/runtime/open-docker.js';
import { NO_NETWORK } from '../src/runtime/runner.js';
import { COUNTER, executable, message, SPINNER } from './bots.js';
import { egress } from './egress.js';
import { openFloor, stockRun } from './floor.js';
import { idleMemory } from './memory.js';
import { Sample, Table, timed } from './report.js';
import { throughput } from './throughput.js';

const PAUSE_MS = 60;
const JS = executable(COUNTER.javascript, 'javascript');
const PYTHON = executable(COUNTER.python, 'python');
const SPIN = executable(SPINNER, 'javascript');
const TIMES = Number(process.env.BENCH_TIMES ?? 60);

/** Every figure of the sandbox beside the least it could be and beside a stock container. */
export async function bench() {
  const log = createLog('error');
  const host = await firstSandboxHost(readConfig({ SANDBOX: 'docker' }, 'no file'), log);
  const { docker } = host.engine;
  const runner = (settings: Partial<DockerSettings>) =>
    new DockerRunner(
      [host],
      {
        reuse: true,
        idleMs: 600_000,
        cpus: 1,
        runtime: '',
        pids: 64,
        maxContainers: 300,
        pool: 2,
        label: 'bench',
        ...settings,
      },
      log,
    );
  const ok = async (run: Promise<{ outcome: string; error?: unknown }>) => {
    const { outcome, error } = await run;
    if (outcome !== 'ok') throw new Error(`a measured hook ended ${outcome}: ${JSON.stringify(error)}`);
  };
  const hooks = new Table(['a hook', 'p50 ms', 'p95 ms', '× floor']);

  const floorLine = await openFloor(docker, host.image.id);
  const floor = await timed(TIMES, PAUSE_MS, () => floorLine.ask());
  const row = (name: string, sample: Sample) => hooks.add(name, sample.p50, sample.p95, sample.p50 / floor.p50);
  row('floor: the frame comes back, nothing runs', floor);

  const embedded = new EmbeddedRunner(2);
  row(
    'embedded, hot',
    await timed(TIMES, PAUSE_MS, () => ok(embedded.run(JS, message('a'), DEFAULT_LIMITS, NO_NETWORK))),
  );
  await embedded.close();

  const hot = runner({});
  await hot.open();
  row(
    'container, hot, JavaScript',
    await timed(TIMES, PAUSE_MS, () => ok(hot.run(JS, message('js'), DEFAULT_LIMITS, NO_NETWORK))),
  );
  row(
    'container, hot, Python',
    await timed(TIMES, PAUSE_MS, () => ok(hot.run(PYTHON, message('py'), DEFAULT_LIMITS, NO_NETWORK))),
  );
  const first = (bot: typeof JS, name: string) =>
    timed(TIMES / 3, 1_000, (i) =>
      ok(hot.run(bot, message(`${name}${i}`), DEFAULT_LIMITS, NO_NETWORK)).then(() =>
        hot.forget(message(`${name}${i}`)),
      ),
    );
  row('first of a bot, from the pool, JavaScript', await first(JS, 'first-js'));
  row('first of a bot, from the pool, Python', await first(PYTHON, 'first-py'));

  const neighbour = () => timed(TIMES, PAUSE_MS, () => ok(hot.run(JS, message('js'), DEFAULT_LIMITS, NO_NETWORK)));
  const alone = await neighbour();
  let isSpinning = true;
  const spinners = ['s1', 's2'].map(async (name) => {
    while (isSpinning) await hot.run(SPIN, message(name), DEFAULT_LIMITS, NO_NETWORK);
  });
  await setTimeout(1_000);
  const beside = await neighbour();
  isSpinning = false;
  await Promise.all(spinners);
  row('hot, beside two bots that spin', beside);

  const late = await timed(
    5,
    200,
    () => hot.run(SPIN, message('late'), { ...DEFAULT_LIMITS, wallMs: 1_000 }, NO_NETWORK),
    1,
  );
  await hot.close();

  const never = runner({ reuse: false, pool: 0 });
  row(
    'container of its own for each hook, cold',
    await timed(TIMES / 3, PAUSE_MS, (i) => ok(never.run(JS, message(`n${i}`), DEFAULT_LIMITS, NO_NETWORK))),
  );
  await never.close();
  row(
    'stock docker run --rm, the same work',
    await timed(TIMES / 6, PAUSE_MS, () => stockRun(docker, host.image.id), 1),
  );
  await floorLine.close();
  hooks.print();

  const rest = new Table(['', 'measured']);
  rest.add('p95 beside two spinners / p95 alone', `${(beside.p95 / alone.p95).toFixed(1)} ×`);
  rest.add('stopped this long after its wall limit, at most', `${(late.most - 1_000).toFixed(0)} ms`);
  await idleMemory(runner, { JS, PYTHON }, rest);
  await throughput(runner, JS, rest);
  await egress(rest);
  rest.print();
}
