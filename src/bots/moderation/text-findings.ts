import type { Finding, Rule } from './rules.js';

/** Lines longer than this are not written by hand and do not fit on a screen. */
const LONG = 400;

const PATTERNS: [Rule, RegExp][] = [
  ['url', /\b(?:https?|wss?|ftp|data):(?:\/\/|[a-z]+\/)/i],
  ['blob', /[A-Za-z0-9+/_-]{120,}={0,2}|(?:[0-9a-f]{2}[\s,:x\\]*){80,}/i],
  [
    'escapes',
    /(?:\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})){6,}|\bfromCharCode\b|\bfromCodePoint\b|\batob\b|\bb64decode\b/i,
  ],
  ['invisible', /[\p{Cf}\p{Default_Ignorable_Code_Point}]/u],
  [
    'instructions',
    /\b(?:ignore|disregard|forget)\b.{0,30}\b(?:previous|prior|above|all|your)\b.{0,30}\b(?:instructions?|rules?|prompts?)\b|\byou are now\b|\bsystem prompt\b|<\/?(?:system|tool_result|tool_use|untrusted)>|<\|im_(?:start|end)\|>|\[\/?INST\]|<<SYS>>|\b(?:Human|Assistant|SYSTEM):|\brejoin[_ ]token\b|\bdo not tell\b|\b(?:call|use) the tool\b/i,
  ],
];

/** Findings in any text, line by line. */
export function textFindings(source: string): Finding[] {
  return source.split('\n').flatMap((text, i) => {
    // The patterns search only the beginning of a very long line, which has a finding for its length anyway.
    const start = text.slice(0, 10 * LONG);
    const rules = PATTERNS.flatMap(([rule, pattern]) => (pattern.test(start) ? [rule] : []));
    const all: Rule[] = text.length > LONG ? ['long_line', ...rules] : rules;
    return all.map((rule) => ({ rule, line: i + 1 }));
  });
}
