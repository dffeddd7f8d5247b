import { ConnectorRequests } from '../doctor/connector-requests.js';
import { Examination, ExaminationError, type ExaminationStep } from '../doctor/examination.js';
import { walk } from '../doctor/walk.js';
import { EXIT_CODES } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';
import type { Paint } from '../terminal/output.js';

/** Checks a server as Claude and ChatGPT would use it, and reports the first problem. */
export async function doctor(run: CliSession, typed: string, { limit }: { readonly limit: number }) {
  const { out, signal } = run;
  const examination = new Examination((step) => {
    if (!out.isJson) for (const line of linesOf(step, out.paint)) out.line(line);
  });
  const wrong = await walk(examination, new ConnectorRequests(limit, signal), typed, run).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof ExaminationError) return error;
      throw error;
    },
  );
  const { steps } = examination;
  const first = wrong && { step: steps.at(-1)?.title, sentence: wrong.sentence, fix: wrong.fix };
  out.answer({ url: typed, ok: !wrong, first_wrong: first ?? null, steps }, (paint) =>
    wrong ? ['', paint('red', wrong.sentence), wrong.fix] : ['', paint('green', ending(steps))],
  );
  if (wrong) process.exitCode = wrong.isUnreachable ? EXIT_CODES.unreachable : EXIT_CODES.refused;
}

const MARKS = { ok: ['green', '✓'], wrong: ['red', '✗'], skipped: ['yellow', '–'] } as const;

function linesOf({ title, status, ms, notes }: ExaminationStep, paint: Paint): string[] {
  const [style, mark] = MARKS[status];
  const time = status === 'skipped' ? '' : paint('dim', `${ms} ms`);
  return [
    `${paint(style, mark)} ${title.padEnd(34)} ${time}`.trimEnd(),
    ...notes.map((note) => `    ${paint('dim', note)}`),
  ];
}

const ending = (steps: readonly ExaminationStep[]) =>
  steps.some(({ status }) => status === 'skipped')
    ? 'No problem was found in the checks that could run.'
    : 'No problem was found.';
