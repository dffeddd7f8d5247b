import { pino } from 'pino';
import { DockerRunner } from '../../src/runtime/docker/docker-runner.js';
import { openBerth } from './arena.js';

/** The runner for containers on this machine's engine, which starts none before it is asked: a file needs few, and of one language. */
export async function openDockerRunner(): Promise<DockerRunner> {
  const settings = { reuse: true, idleMs: 60_000, cpus: 1, runtime: '', pids: 64, maxContainers: 12, pool: 0 };
  const label = `test-${process.pid}-${++opened}`;
  const runner = new DockerRunner([await openBerth()], { ...settings, label }, pino({ level: 'silent' }));
  await runner.open();
  return runner;
}

let opened = 0;
