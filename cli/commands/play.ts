import { COMMANDS, type InputLine, readInputLine } from '../play/line.js';
import { InputPrompt } from '../play/prompt.js';
import { PlayedTurn } from '../play/turn.js';
import { CliError } from '../server/cli-error.js';
import { type ChannelMessage, type ListedBot, nameAt } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { events, history, type View } from '../session/events.js';
import { addresseeNamed, botNamed, rosterOf } from '../session/naming.js';
import { clockTime, timeLeft } from '../terminal/deadline.js';
import { table } from '../terminal/output.js';
import { shownFact, visible } from '../terminal/visible.js';
import { code } from './code.js';
import { takeSeat } from './join.js';
import { isChannelClosed, MessagePrinter } from './watch.js';
import { who } from './who.js';

export interface PlayOptions {
  readonly atOnce?: boolean;
  readonly seat?: string;
}

/**
 * Shows a channel and posts what the user types. Lines from a pipe are posted one after another, each when it is the
 * user's turn if the bot has turns; the command ends after the last line or when the round is over.
 */
export async function playCommand(session: CliSession, invite: string, { atOnce = false, seat }: PlayOptions) {
  const { channel_id, slot_id, bots, view } = await takeSeat(session, invite, { seat });
  const turn = new PlayedTurn(slot_id, atOnce || !bots.some(givesTurns), atOnce);
  const prompt = new InputPrompt(session.out);
  const own = `${visible(nameAt(view, slot_id))} (${slot_id})`;
  const player = new Player(session, { channelId: channel_id, seat: slot_id }, own, turn, prompt);
  const over = player.show().finally(() => {
    turn.end();
    prompt.close();
  });
  // It is awaited last; until then its rejection must not count as unhandled.
  over.catch(() => {});
  try {
    await player.speak();
  } finally {
    prompt.close();
  }
  await over;
}

const givesTurns = ({ manifest }: ListedBot) => manifest.emits?.includes('bot:turn') ?? false;

/** The player's view of a channel: shows messages and posts typed lines. */
class Player {
  private readonly screen: MessagePrinter;
  private toldTurn = 0;

  constructor(
    private readonly session: CliSession,
    private readonly view: Required<View>,
    /** The player's name at the prompt. */
    private readonly own: string,
    private readonly turn: PlayedTurn,
    private readonly prompt: InputPrompt,
  ) {
    this.screen = new MessagePrinter(session, view);
  }

  async show() {
    const { session, view, turn, prompt, screen } = this;
    this.ask();
    await screen.learnNames();
    let since = 0;
    for await (const message of history(session.server, view)) {
      since = message.id;
      await this.heard(message);
    }
    turn.caughtUp();
    await this.announceTurn();
    const signal = AbortSignal.any([session.signal, prompt.closed]);
    for await (const message of events(session.server, { ...view, since, signal })) {
      await this.heard(message);
      if (isChannelClosed(message)) return screen.showRest(message.id);
    }
  }

  async speak() {
    const { prompt, turn, session } = this;
    for await (const text of prompt.lines()) {
      const line = await this.reportRefusal(async () => readInputLine(text));
      if (!line) continue;
      if (line.does === 'quit') return;
      if (line.does !== 'say') {
        await this.reportRefusal(() => prompt.above(() => this.runCommand(line)));
        continue;
      }
      const mayGo = prompt.isInteractive || (await turn.waitForTurn());
      if (session.signal.aborted) return;
      if (!mayGo) return session.out.aside('The round is over. The remaining lines were not sent.');
      await this.reportRefusal(() => this.say(line));
    }
    if (!prompt.isInteractive) await turn.waitForAnswers();
  }

  private async heard(message: ChannelMessage) {
    const { prompt, turn, screen } = this;
    await prompt.above(() => screen.show(message));
    turn.heard(message);
    await this.announceTurn();
  }

  private async say({ body, to }: Extract<InputLine, { does: 'say' }>) {
    const { session, turn, view } = this;
    const { server } = session;
    const { channelId: channel_id, seat } = view;
    const addressee = to && addresseeNamed(await rosterOf(server, channel_id, seat), to);
    turn.said(await server.call('post_message', { channel_id, seat, body, to: addressee }));
    this.ask();
  }

  private async runCommand(line: Exclude<InputLine, { does: 'say' | 'quit' }>) {
    const { session, view } = this;
    const { channelId, seat } = view;
    if (line.does === 'who') return who(session, channelId, { seat });
    if (line.does === 'help')
      return session.out.answer({ commands: COMMANDS }, () => [...table(COMMANDS), ANYTHING_ELSE]);
    const { bot_id } = botNamed(await rosterOf(session.server, channelId, seat), line.bot);
    return code(session, channelId, bot_id, { seat });
  }

  /** A refusal ends a script; an interactive user sees it and continues. */
  private async reportRefusal<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { session, prompt } = this;
    try {
      return await work();
    } catch (error) {
      if (!prompt.isInteractive || !(error instanceof CliError)) throw error;
      await prompt.above(async () => session.out.aside(error.lines(shownFact).join('\n')));
      return undefined;
    }
  }

  /** Reports each turn of the player once, with its time limit. */
  private async announceTurn() {
    const { turn, prompt, session } = this;
    this.ask();
    if (!turn.isMine || turn.id === this.toldTurn || session.out.isJson) return;
    this.toldTurn = turn.id;
    const { out } = session;
    await prompt.above(async () => out.line(out.paint('bold', `      It is your turn${until(turn.deadline)}.`)));
  }

  private ask() {
    const { turn, own, prompt } = this;
    const end = turn.deadline && ` until ${clockTime(turn.deadline)}`;
    prompt.setPrompt(turn.isMine ? `${own}, your turn${end ?? ''}> ` : `${own}> `);
  }
}

const ANYTHING_ELSE = 'Any other line is posted to everyone; a JSON object is sent unchanged.';

const until = (end: Date | undefined) => (end ? `, until ${clockTime(end)} (${timeLeft(end)})` : '');
