import { type MessagePort, parentPort } from 'node:worker_threads';
import { freshEngine } from '../../../bot-sdk/engine.js';
import { runHook } from '../../../bot-sdk/realm.js';
import { NO_WEB, type Web, type WebAnswer } from '../../../bot-sdk/web.js';
import type { Task } from './runner-thread.js';

// Node 20 and 22 cannot tell one thread's CPU time; there the wall limit holds alone.
const { threadCpuUsage } = process as { threadCpuUsage?: () => NodeJS.CpuUsage };
const cpu = threadCpuUsage && (() => cpuMs(threadCpuUsage.call(process)));

parentPort?.on('message', (task: Task) => {
  // The thread's owner takes a result that is none for a crash, and the thread with it.
  perform(task).catch(() => parentPort?.postMessage(null));
});

// Loaded before the first hook, whose time runs.
await freshEngine(16);
parentPort?.postMessage('ready');

async function perform({ program, input, limits, port }: Task) {
  const result = await runHook(program, input, limits, port ? webOver(port) : NO_WEB, cpu);
  port?.close();
  parentPort?.postMessage(result);
}

/** The network is on the other side of the port: the server asks it, and says what it was told. */
function webOver(port: MessagePort): Web {
  const waiting: ((answer: WebAnswer) => void)[] = [];
  port.on('message', ({ n, answer }: { n: number; answer: WebAnswer }) => waiting[n]?.(answer));
  return (request) =>
    new Promise((resolve) => {
      port.postMessage({ n: waiting.push(resolve) - 1, request });
    });
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}
