import { parentPort } from 'node:worker_threads';
import type { Language } from '../../../bot-sdk/contract.js';
import { findingsIn } from './findings.js';
import type { Finding } from './rules.js';

parentPort?.on('message', ({ source, language }: { source: string; language: Language }) => {
  parentPort?.postMessage(answer(source, language));
});
parentPort?.postMessage('ready');

function answer(source: string, language: Language): Finding[] {
  try {
    return findingsIn(source, language);
  } catch {
    return [{ rule: 'unreadable', line: 1 }];
  }
}
