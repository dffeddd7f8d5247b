import type { Claim, Finding } from './report/claim.js';
import { MEANINGS } from './report/meanings.js';
import { type Report, VERDICTS } from './report/report.js';

/** A report for a reader. */
export function describe({ claims, verdict, first }: Report): string {
  const lines = claims.flatMap(linesOf);
  const differs = first ? ['', `First difference: ${where(first)}${first.text}`] : [];
  return [...lines, ...differs, '', `${verdict}: ${MEANINGS[verdict]} (exit code ${VERDICTS[verdict]})`].join('\n');
}

function linesOf({ title, result, checked, findings, more, notes }: Claim): string[] {
  return [
    `${result.padEnd(11)} ${title}${result === 'PASS' ? ` (${checked})` : ''}`,
    ...findings.map(
      (finding) => `${INDENT}${where(finding)}${finding.text}${finding.reason ? ` [${finding.reason}]` : ''}`,
    ),
    ...(more > 0 ? [`${INDENT}and ${more} more`] : []),
    ...notes.map((note) => `${INDENT}Note: ${note}`),
  ].map(printable);
}

const where = ({ entry }: Finding) => (entry === undefined ? '' : `entry ${entry}: `);
const INDENT = ' '.repeat(12);

/** Text of the file must not control the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const printable = (line: string) => line.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
