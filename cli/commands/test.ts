import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type BotTestInput, reportsOf } from '../play/bot-runner.js';
import { Changes } from '../play/changes.js';
import { DEFAULT_SCRIPT, scriptOf } from '../play/script.js';
import { TestReport } from '../play/test-report.js';
import { CliError, EXIT_CODES, usage } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';
import { shownFact } from '../terminal/visible.js';

export interface TestOptions {
  readonly manifest?: string;
  readonly language?: string;
  readonly params?: object;
  readonly env?: Record<string, string>;
  readonly seed?: string;
  readonly sandbox?: string;
  readonly watch?: boolean;
}

/**
 * Plays a script against a bot and shows for each step what the bot posted and printed, and its errors. The exit code
 * is special if the bot failed; with `watch` it repeats after every change until the user ends it.
 */
export async function test(session: CliSession, file: string, script: string | undefined, options: TestOptions) {
  const { signal, out } = session;
  await assertFileExists(file);
  if (!options.watch) return once(session, file, script, options);
  if (script === '-') throw usage('--watch cannot be used with a script on standard input.');
  const watched = [file, script, options.manifest].filter((each) => each !== undefined);
  const changes = await Changes.of(watched, signal);
  while (!signal.aborted) {
    try {
      await once(session, file, script, options);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (!signal.aborted) out.aside(error.lines(shownFact).join('\n'));
    }
    if (signal.aborted) break;
    out.aside('Waiting for a change. Press Ctrl-C to stop.');
    await changes.next();
  }
  process.exitCode = 0;
}

async function assertFileExists(file: string) {
  await stat(file).catch(() => {
    throw usage(
      `There is no file ${shownFact(file)}.`,
      'Give the file of a bot, or a folder with bot.js, bot.ts or bot.py.',
    );
  });
}

async function once({ out, signal }: CliSession, file: string, script: string | undefined, options: TestOptions) {
  const { watch: _, manifest, ...setting } = options;
  const steps = script === undefined ? DEFAULT_SCRIPT : scriptOf(await scriptText(script));
  const order: BotTestInput = {
    ...setting,
    path: resolve(file),
    script: steps,
    ...(manifest && { manifest: resolve(manifest) }),
  };
  const report = new TestReport(out.paint);
  for await (const told of reportsOf(order, signal)) {
    if (told.type === 'refused') throw refusalOf(told);
    const lines = report.linesOf(told);
    if (out.isJson) out.answer(told, () => '');
    else for (const line of lines) out.line(line);
  }
  process.exitCode = report.failed ? EXIT_CODES.refused : 0;
}

const scriptText = (script: string): Promise<string> =>
  script === '-'
    ? text(process.stdin)
    : readFile(script, 'utf8').catch(() => {
        throw usage('The script cannot be read.');
      });

/** The error for a bot that a server would refuse, with the same text. */
function refusalOf({ type: _, code, title, detail, ...facts }: Readonly<Record<string, unknown>>): CliError {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null));
  const message = [title, detail].filter(Boolean).map(shownFact).join(': ');
  return new CliError('refused', shownFact(code), message, FIXES[String(code)] ?? 'Correct the bot.', known);
}

const FIXES: Readonly<Record<string, string>> = {
  SANDBOX_UNAVAILABLE: 'Start a container engine. npm start and npm test build the image in which bots run.',
  LANGUAGE_UNSUPPORTED: 'Python needs a container engine. npm start builds the image in which bots run.',
  MODULE_NOT_ALLOWED: 'Use only the modules listed in allowed.',
  SETTINGS: 'The settings of the server are used: the environment, and .env in the folder of Parley.',
  SCRIPT: 'Correct the script. parley test --help shows the steps.',
  PARAMS: 'Give other params with --params.',
  MANIFEST: 'Correct manifest.json, or give another file with --manifest.',
};
