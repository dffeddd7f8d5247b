import { parentPort } from 'node:worker_threads';
import { refusalOf } from './bot-refusal.js';
import { type InlineBot, readInlineBot } from './inline-bot.js';

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
