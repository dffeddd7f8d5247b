import { parentPort } from 'node:worker_threads';
import { freshEngine } from '../../../bot-sdk/engine.js';
import { runHook } from '../../../bot-sdk/realm.js';
import type { Task } from './runner-thread.js';

// Node 20 and 22 cannot tell one thread's CPU time; there the wall limit holds alone.
const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
const cpu = threadCpuUsage && (() => cpuMs(threadCpuUsage.call(process)));

parentPort?.on('message', async ({ executed, input, limits }: Task) => {
  parentPort?.postMessage(await runHook(executed, input, limits, cpu));
});

// Loaded before the first hook, whose time runs.
await freshEngine(16);
parentPort?.postMessage('ready');

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
