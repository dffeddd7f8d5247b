import type { Language } from '../../../bot-sdk/contract.js';
import { javaScriptFindings } from './javascript-findings.js';
import { pythonFindings } from './python-findings.js';
import type { Finding } from './rules.js';
import { textFindings } from './text-findings.js';

/** The maximum number of findings, more than anyone reads. */
const MAX_FINDINGS = 300;

/**
 * The findings in a source, by line. Do not call it in the server's main thread: a source can be written to be slow to
 * read.
 */
export function findingsIn(source: string, language: Language): Finding[] {
  const ofLanguage = language === 'python' ? pythonFindings(source) : javaScriptFindings(source, language);
  const once = new Map([...ofLanguage, ...textFindings(source)].map((each) => [`${each.line} ${each.rule}`, each]));
  return [...once.values()].sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1)).slice(0, MAX_FINDINGS);
}
