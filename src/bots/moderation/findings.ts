import type { Language } from '../../../bot-sdk/contract.js';
import { javaScriptFindings } from './javascript-findings.js';
import { pythonFindings } from './python-findings.js';
import type { Finding } from './rules.js';
import { textFindings } from './text-findings.js';

/** More than anybody reads. */
const MOST = 300;

/** What a reader of this source should look at, by line. Reading a source can be made slow: not for the server's thread. */
export function findingsIn(source: string, language: Language): Finding[] {
  const ofLanguage = language === 'python' ? pythonFindings(source) : javaScriptFindings(source, language);
  const once = new Map([...ofLanguage, ...textFindings(source)].map((each) => [`${each.line} ${each.rule}`, each]));
  return [...once.values()].sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1)).slice(0, MOST);
}
