import { usage } from '../server/cli-error.js';
import type { CliSession } from '../session/cli-session.js';
import { history } from '../session/events.js';
import { botNamed, channelNamed, rosterOf } from '../session/naming.js';
import { quotedLine } from '../terminal/quoted.js';
import { shownFact, visibleLines } from '../terminal/visible.js';

export interface LogsOptions {
  readonly seat?: string;
  readonly runs?: number;
}

interface Logged {
  readonly run: number;
  readonly lines: readonly string[];
}

type Failed = Readonly<Record<string, unknown>>;

/**
 * Shows the output of a bot, run by run, and its errors. With two words the first is the channel; one word is a channel
 * with one bot, or a bot of the user's only channel. The channel is told that the logs were read.
 */
export async function logs(
  session: CliSession,
  first: string | undefined,
  second: string | undefined,
  options: LogsOptions,
) {
  const { server, out } = session;
  const { seat, runs } = options;
  if (runs !== undefined && (runs < 1 || runs > 50)) throw usage('--runs must be a number from 1 to 50.');
  const isChannel = second !== undefined || first?.startsWith('chn_');
  const channel_id = await channelNamed(server, isChannel ? first : undefined);
  const bot = botNamed(await rosterOf(server, channel_id, seat), isChannel ? second : first);
  const asked = {
    channel_id,
    bot_id: bot.bot_id,
    action: 'tail_logs',
    seat,
    payload: runs === undefined ? {} : { runs },
  };
  const tailed = await server.call('debug_bot', asked);
  const printed: Logged[] = tailed.logs;
  const errors: Failed[] = [];
  for await (const { kind, body } of history(server, { channelId: channel_id, seat })) {
    if (kind !== 'user' && body.type === 'bot:error' && body.bot_id === bot.bot_id) errors.push(body);
  }
  const newest = errors.slice(-(runs ?? MAX_ERRORS));
  const named = newest.some(({ detail }) => /\(line \d+\)/.test(String(detail)));
  const source: string = named
    ? (await server.read('get_bot_code', { channel_id, bot_id: bot.bot_id, seat })).inline_code
    : '';
  out.answer({ ...tailed, errors: newest }, (paint) => {
    const lines = byRun(printed, newest).flatMap(({ run, lines, failed }) => [
      paint('dim', run === undefined ? 'Outside of a run' : `Run ${run}`),
      ...lines.map((line) => `  ${visibleLines(line, '  ')}`),
      ...failed.flatMap((error) => [`  ${paint('red', failureLine(error))}`, ...quotedLine(source, error.detail)]),
    ]);
    const closed = tailed.closed_from_run;
    return [
      ...(lines.length ? lines : [`${bot.bot_id} has printed nothing, and no run has failed.`]),
      ...(closed === undefined ? [] : [`The logs from run ${closed} on can be read when the round is over.`]),
    ];
  });
}

const MAX_ERRORS = 20;

/** Sorted by run, oldest first; errors outside of a run come first. */
function byRun(printed: readonly Logged[], errors: readonly Failed[]) {
  const runs = [...new Set([...printed.map(({ run }) => run), ...errors.map(runOf)])];
  return runs
    .sort((a, b) => (a ?? 0) - (b ?? 0))
    .map((run) => ({
      run,
      lines: printed.find((each) => each.run === run)?.lines ?? [],
      failed: errors.filter((error) => runOf(error) === run),
    }));
}

const runOf = ({ run }: Failed) => (typeof run === 'number' ? run : undefined);

function failureLine({ code, detail, hook, module, allowed }: Failed): string {
  const where = typeof hook === 'string' ? ` in ${shownFact(hook)}` : '';
  const facts = Object.entries({ module, allowed }).filter(([, value]) => value !== undefined);
  const more = facts.map(([name, value]) => `; ${name}: ${shownFact(value)}`).join('');
  return `${shownFact(code)}${where}: ${shownFact(detail ?? '')}${more}`;
}
