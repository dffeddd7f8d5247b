import { Asker } from '../doctor/asker.js';
import { Examination, type Step, Wrong } from '../doctor/examination.js';
import { walk } from '../doctor/walk.js';
import { EXIT_CODES } from '../failure.js';
import type { Session } from '../session.js';
import type { Paint } from '../terminal/output.js';

/** Examines a server as Claude and ChatGPT would meet it, and names the first thing that is wrong. */
export async function doctor(run: Session, typed: string, { limit }: { readonly limit: number }) {
  const { out, signal } = run;
  const examination = new Examination((step) => {
    if (!out.isJson) for (const line of linesOf(step, out.paint)) out.line(line);
  });
  const wrong = await walk(
    examination,
    new Asker(limit, signal),
    typed,
    URL.canParse(typed) ? run.at(typed) : run,
  ).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof Wrong) return error;
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

function linesOf({ title, status, ms, notes }: Step, paint: Paint): string[] {
  const [style, mark] = MARKS[status];
  const time = status === 'skipped' ? '' : paint('dim', `${ms} ms`);
  return [
    `${paint(style, mark)} ${title.padEnd(34)} ${time}`.trimEnd(),
    ...notes.map((note) => `    ${paint('dim', note)}`),
  ];
}

const ending = (steps: readonly Step[]) =>
  steps.some(({ status }) => status === 'skipped')
    ? 'Nothing is wrong as far as this could look.'
    : 'Nothing is wrong.';
