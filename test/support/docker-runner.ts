import { pino } from 'pino';
import { DockerRunner } from '../../src/runtime/docker/docker-runner.js';
import { openBerth } from './arena.js';

/** The runner for containers on this machine's engine. */
export async function openDockerRunner(): Promise<DockerRunner> {
  const settings = { reuse: true, idleMs: 60_000, cpus: 1, runtime: '', pids: 64, most: 12, pool: 2 };
  const label = `test-${process.pid}-${++opened}`;
  const runner = new DockerRunner([await openBerth()], { ...settings, label }, pino({ level: 'silent' }));
  await runner.open();
  return runner;
}

let opened = 0;
