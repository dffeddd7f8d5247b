import { parentPort } from 'node:worker_threads';
import { refusalOf } from './bot-refusal.js';
import { type InlineBot, readInlineBot } from './inline-bot.js';

/** One source of each language is read before any that counts: what the readers load when first used takes its time. */
const WARM_UP: readonly InlineBot[] = [
  { language: 'javascript', source: 'class Bot { onMessage() {} }' },
  { language: 'typescript', source: 'class Bot { onMessage(msg: object): void {} }' },
  { language: 'python', source: 'class Bot:\n    def on_message(self, msg):\n        pass\n' },
];

for (const given of WARM_UP) answer(given);
parentPort?.on('message', (given: InlineBot) => parentPort?.postMessage(answer(given)));
parentPort?.postMessage('ready');

function answer(given: InlineBot) {
  try {
    return { read: readInlineBot(given) };
  } catch (error) {
    const refused = refusalOf(error);
    if (!refused) throw error;
    return { refused };
  }
}
