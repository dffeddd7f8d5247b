import { parentPort } from 'node:worker_threads';
import { botRefusalOf } from './bot-refusal.js';
import { type InlineBot, readInlineBot } from './inline-bot.js';

/**
 * Reads a sample source of each language first, so that the time for loading the parsers does not count for a real
 * source.
 */
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
    const refused = botRefusalOf(error);
    if (!refused) throw error;
    return { refused };
  }
}
