import type { Finding, Rule } from './rules.js';

const PATTERNS: [Rule, RegExp][] = [
  ['import', /^\s*(?:import\s+\w|from\s+[\w.]+\s+import\b)/],
  ['network', /\b(?:requests|urllib3?|socket|ssl|http)\.\w|\bctx\.(?:fetch|tls)\b|\burlopen\b/],
  ['dynamic_import', /\b__import__\b|\bimportlib\b|\bsys\.modules\b/],
  ['evaluation', /\b(?:eval|exec|compile)\s*\(/],
  ['env', /\bctx\.env\b|\bos\.environ\b|\bgetenv\b/],
  ['globals', /\b(?:globals|locals|vars)\s*\(|__(?:class|bases|subclasses|globals|builtins|code|dict|mro)__/],
  ['endless_loop', /^\s*while\s+(?:True|1)\s*:/],
];

/** Searches each line with patterns. Whether the source is valid Python is checked elsewhere. */
export const pythonFindings = (source: string): Finding[] =>
  source
    .split('\n')
    .flatMap((text, i) => PATTERNS.flatMap(([rule, pattern]) => (pattern.test(text) ? [{ rule, line: i + 1 }] : [])));
