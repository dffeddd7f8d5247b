import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { ATTACKS } from './attacks/all.js';
import type { Context } from './attacks/attack.js';

/** Sends one attack again and again, so many at once, until it is told to stop or has sent the most there may be. */
const MAX_SENT = 50_000;

interface Given {
  readonly name: string;
  readonly url: string;
  readonly context: Context;
}

const { name, url, context } = workerData as Given;
const load = ATTACKS[name];
if (!load) throw new Error(`there is no attack ${name}`);
const { attack } = await load();

let isOver = false;
let sent = 0;
parentPort?.once('message', () => {
  isOver = true;
});

const line = async () => {
  while (!isOver && sent < MAX_SENT) {
    await attack.send(url, context, sent++).catch(() => setTimeout(5));
  }
};
const lines = Array.from({ length: attack.atOnce }, line);
parentPort?.postMessage('begun');
await Promise.all(lines);
parentPort?.postMessage(sent);
