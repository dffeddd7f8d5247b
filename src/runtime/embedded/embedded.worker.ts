import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { DEFAULT_LIMITS, type HookInput } from '../../../bot-sdk/contract.js';
import { runHook } from '../../../bot-sdk/realm.js';
import { Realms } from '../../../bot-sdk/realms.js';
import { NO_WEB, type Web, type WebAnswer } from '../../../bot-sdk/web.js';
import type { Task, ThreadAnswer } from './runner-thread.js';
import { cachedCpuClock, threadCpuMs } from './thread-cpu.js';

/** A nice value of 5 of 19 gives a thread about a third of the CPU time of others. */
const NICE = 5;
// On Linux each thread has its own priority (0: the calling thread); elsewhere it would change the whole process.
if ((workerData as { yields?: boolean } | null)?.yields && process.platform === 'linux') setPriority(0, NICE);

parentPort?.on('message', (task: Task) => {
  // The owner of the thread treats an invalid result as a crash and ends the thread.
  perform(task).catch(() => parentPort?.postMessage(null));
});

/** A bot that uses what most bots use. */
const WARM_UP = {
  executed: `export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { const { ctx } = this; ctx.setState({ n: ctx.random(6), ...ctx.getState() }); ctx.post('bot', { n: 1 }); }
}`,
  bundled: {},
};
const INPUT: HookInput = {
  channel_id: 'chn_none',
  bot_id: 'bot_none',
  call: { hook: 'on_init' },
  now: new Date(0).toISOString(),
  params: {},
  state: {},
  state_version: 0,
  players: [],
  env: {},
  key: '0'.repeat(64),
  run: 1,
};

// The first hook of a thread takes more than ten times as long as later ones. As a bot's hook it would not be finished
// in the first step and would be repeated by another thread.
const realms = new Realms();
await runHook(WARM_UP, INPUT, DEFAULT_LIMITS, { realms });
realms.clean();
parentPort?.postMessage('ready');

async function perform({ program, input, limits, port }: Task) {
  const clock = threadCpuMs ?? (() => performance.now());
  const began = clock();
  const cpu = threadCpuMs && cachedCpuClock(limits.cpuMs, threadCpuMs);
  const result = await runHook(program, input, limits, { web: port ? webOver(port) : NO_WEB, cpu, realms });
  port?.close();
  parentPort?.postMessage({ result, usedMs: clock() - began } satisfies ThreadAnswer);
  realms.clean();
}

/** The bot's web requests, which the server at the other end of the port answers. */
function webOver(port: MessagePort): Web {
  const waiting: ((answer: WebAnswer) => void)[] = [];
  port.on('message', ({ n, answer }: { n: number; answer: WebAnswer }) => waiting[n]?.(answer));
  return (request) =>
    new Promise((resolve) => {
      port.postMessage({ n: waiting.push(resolve) - 1, request });
    });
}
