import type { Paint } from '../terminal/output.js';
import { quotedLine } from '../terminal/quoted.js';
import { bodyWords } from '../terminal/transcript.js';
import { shownFact, terminalJson, visible, visibleLines } from '../terminal/visible.js';
import type { Report } from './bot-runner.js';

type Fields = Readonly<Record<string, unknown>>;
/** The same margin as for messages of a channel. */
const MARGIN = `${' '.repeat(13)}│ `;

/** Formats what a bot did in a test, and counts failures. */
export class TestReport {
  private source = '';
  private hooks = 0;
  private posts = 0;
  private errors = 0;

  constructor(private readonly paint: Paint) {}

  get failed() {
    return this.errors > 0;
  }

  linesOf(report: Report): string[] {
    if (report.type === 'bot') return this.bot(report);
    if (report.type === 'hook') return this.hook(report);
    return report.type === 'end' ? this.end(report) : [];
  }

  private bot({ name, version, language, runner, missing, source, hooks, warnings }: Report): string[] {
    this.source = String(source);
    const where = runner === 'docker' ? 'in a container' : 'in QuickJS, without a container';
    const why = typeof missing === 'string' && runner !== 'docker' ? ` (${visible(missing)})` : '';
    return [
      `${this.paint('bold', `${visible(String(name))} ${visible(String(version))}`)}, ${visible(String(language))}, ${where}${why}`,
      `Hooks: ${shownFact(hooks) || 'none'}`,
      ...(warnings as string[]).map((warning) => this.paint('bold', `Beware: ${visible(warning)}`)),
      '',
    ];
  }

  private hook({ call, isHeard, effects, logs, error }: Report): string[] {
    const { paint } = this;
    const happened = paint('bold', callWords(call as Fields, paint));
    const didSomething = error || [effects, logs].some((each) => (each as unknown[]).length > 0);
    // A hook may exist although it was not found in the source: its results are shown.
    if (!isHeard && !didSomething) return [`${happened} ${paint('dim', '(the bot has no hook for it)')}`];
    this.hooks += 1;
    return [
      happened,
      ...(logs as string[]).map((line) => `  ${paint('dim', 'printed'.padEnd(10))} ${visibleLines(line, MARGIN)}`),
      ...(effects as Fields[]).map((effect) => `  ${this.effect(effect)}`),
      ...(error ? this.error(error as Fields) : []),
    ];
  }

  private effect(effect: Fields): string {
    const { paint } = this;
    const { type, kind, label, to, sealed, body } = effect;
    if (type === 'post') {
      this.posts += 1;
      const seal = sealed ? ', sealed' : '';
      const who = to ? `to ${visible(String(to))}${seal}` : `${visible(String(label ?? kind))}${seal}`;
      return `${paint(to ? 'yellow' : 'green', who.padEnd(10))} ${bodyWords(body as Fields, paint, MARGIN)}`;
    }
    if (type === 'timer_set')
      return `${'timer'.padEnd(10)} ${shownFact(effect.name)} in ${shownFact(effect.seconds)} s`;
    if (type === 'timer_clear') return `${'timer'.padEnd(10)} ${shownFact(effect.name)} is cleared`;
    if (type === 'finish') return `${'finish'.padEnd(10)} ${terminalJson(effect.result)}`;
    if (type === 'reveal') return `${'reveal'.padEnd(10)} ${shownFact(effect.target)}`;
    return `${visible(String(type)).padEnd(10)} ${terminalJson(effect.ops ?? null)}`;
  }

  /** The error, with the line of the source if the error names one. */
  private error({ code, detail, module, allowed }: Fields): string[] {
    this.errors += 1;
    return [
      `  ${this.paint('red', `✗ ${shownFact(code)}: ${shownFact(detail)}`)}`,
      ...quotedLine(this.source, detail),
      ...(module === undefined ? [] : [`    module: ${shownFact(module)}`, `    allowed: ${shownFact(allowed)}`]),
    ];
  }

  private end({ timers }: Report): string[] {
    const due = Object.keys((timers ?? {}) as Fields);
    const counted = [
      count(this.hooks, 'hook'),
      count(this.posts, 'post'),
      this.errors ? this.paint('red', count(this.errors, 'failure')) : this.paint('green', 'no failure'),
    ];
    return ['', ...(due.length ? [`Timers still set: ${due.map(visible).join(', ')}`] : []), `${counted.join(', ')}.`];
  }
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

function callWords({ hook, player, name, msg }: Fields, paint: Paint): string {
  const { sender, body } = (msg ?? {}) as { sender?: unknown; body?: Fields };
  if (hook === 'on_join') return `${visible(String(player))} joins`;
  if (hook === 'on_leave') return `${visible(String(player))} leaves`;
  if (hook === 'on_timer') return `timer ${visible(String(name))}`;
  if (!body) return 'the bot is attached';
  const alone = hook === 'on_private_message' ? ' (to the bot alone)' : '';
  return `${visible(String(sender))}${alone}: ${bodyWords(body, paint, MARGIN)}`;
}
