import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../bot-sdk/contract.js';
import type { DockerRunner, DockerSettings } from '../src/runtime/docker/docker-runner.js';
import { type Executable, NO_NETWORK } from '../src/runtime/runner.js';
import { message } from './bots.js';
import type { Table } from './report.js';

const CONTAINERS = 10;
const HOOKS = 60;

/** What a container costs the machine: how much less memory it has with ten of them, shims and all. */
export async function idleMemory(
  runner: (settings: Partial<DockerSettings>) => DockerRunner,
  bots: Record<string, Executable>,
  table: Table,
) {
  for (const [name, bot] of Object.entries(bots)) {
    const before = await available();
    const scheduler = runner({ pool: 0 });
    const all = async (times: number) => {
      for (let i = 0; i < times; i++) {
        const names = Array.from({ length: CONTAINERS }, (_, n) => `${name}${n}`);
        await Promise.all(names.map((each) => scheduler.run(bot, message(each), DEFAULT_LIMITS, NO_NETWORK)));
      }
      return (before - (await available())) / CONTAINERS;
    };
    table.add(`MiB of an idle container after 1 hook, ${name}`, await all(1));
    table.add(`MiB of an idle container after ${HOOKS} hooks, ${name}`, await all(HOOKS - 1));
    await scheduler.close();
  }
}

async function available(): Promise<number> {
  await setTimeout(3_000);
  return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1_024;
}
