import { events, history, type View } from '../events.js';
import { Failure } from '../failure.js';
import type { Bot, Message } from '../message.js';
import { type Line, lineOf } from '../play/line.js';
import { Prompt } from '../play/prompt.js';
import { Turn } from '../play/turn.js';
import type { Session } from '../session.js';
import { takeSeat } from './join.js';
import { isEnd, Screen } from './watch.js';

export interface PlayOptions {
  readonly atOnce?: boolean;
  readonly seat?: string;
}

/**
 * Shows a channel and says what is typed. Piped lines are said one after the other, each when it is one's turn where the
 * bot gives turns; after the last one, or when the round is over before, it ends.
 */
export async function play(session: Session, code: string, { atOnce = false, seat }: PlayOptions) {
  const { channel_id, slot_id, bots } = await takeSeat(session, code, { seat });
  const turn = new Turn(slot_id, atOnce || !bots.some(givesTurns));
  const prompt = new Prompt(session.out, slot_id);
  const table = new Table(session, { channelId: channel_id, seat: slot_id }, turn, prompt);
  const over = table.show().finally(() => {
    turn.end();
    prompt.close();
  });
  // It is awaited last; until then its failure is nobody's.
  over.catch(() => {});
  try {
    await table.speak();
  } finally {
    prompt.close();
  }
  await over;
}

const givesTurns = ({ manifest }: Bot) => manifest.emits?.includes('bot:turn') ?? false;

/** One player's side of a channel: what comes is shown, what is typed is said. */
class Table {
  private readonly screen: Screen;

  constructor(
    private readonly session: Session,
    private readonly view: Required<View>,
    private readonly turn: Turn,
    private readonly prompt: Prompt,
  ) {
    this.screen = new Screen(session, view);
  }

  async show() {
    const { session, view, turn, prompt, screen } = this;
    await screen.learnNames();
    let since = 0;
    for await (const message of history(session.server, view)) {
      since = message.id;
      await this.heard(message);
    }
    turn.caughtUp();
    prompt.isTurn(turn.isMine);
    const signal = AbortSignal.any([session.signal, prompt.closed]);
    for await (const message of events(session.server, { ...view, since, signal })) {
      await this.heard(message);
      if (isEnd(message)) return screen.showRest(message.id);
    }
  }

  async speak() {
    const { prompt, turn, session } = this;
    for await (const text of prompt.lines()) {
      const line = lineOf(text);
      if (line === 'quit') return;
      if (!line) continue;
      const mayGo = prompt.isInteractive || (await turn.comes());
      if (session.signal.aborted) return;
      if (!mayGo) return session.out.aside('It is over: nothing more was said.');
      await this.say(line);
    }
    if (!prompt.isInteractive) await turn.settles();
  }

  private async heard(message: Message) {
    const { prompt, turn, screen } = this;
    await prompt.above(() => screen.show(message));
    turn.heard(message);
    prompt.isTurn(turn.isMine);
  }

  /** A refusal ends a script; a person is told, and goes on. */
  private async say({ body, to }: Line) {
    const { session, prompt, turn, view } = this;
    const { server, out } = session;
    try {
      turn.said(await server.call('post_message', { channel_id: view.channelId, seat: view.seat, body, to }));
      prompt.isTurn(turn.isMine);
    } catch (error) {
      if (!prompt.isInteractive || !(error instanceof Failure)) throw error;
      await prompt.above(async () => out.aside(`${error.code}: ${error.message}`));
    }
  }
}
