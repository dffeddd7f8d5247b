import { events, history, type View } from '../events.js';
import { type Message, namesOf } from '../message.js';
import type { Session } from '../session.js';
import { type Names, transcriptLine } from '../terminal/transcript.js';

export interface WatchOptions {
  readonly since?: number;
  readonly follow: boolean;
  readonly seat?: string;
}

/** Shows a channel as it goes on, until it is closed or the user ends it. */
export async function watch(session: Session, channelId: string, { since = 0, follow, seat }: WatchOptions) {
  const view = { channelId, seat };
  const screen = new Screen(session, view);
  await screen.learnNames();
  const onLost = () => session.out.aside('The connection was lost. Trying again …');
  const { server, signal } = session;
  const messages = follow ? events(server, { ...view, since, signal, onLost }) : history(server, view, since);
  for await (const message of messages) {
    await screen.show(message);
    if (follow && isEnd(message)) return screen.showRest(message.id);
  }
}

/** The channel is being closed: what came with it is the last. Only the server writes this type. */
export const isEnd = ({ body }: Message) => body.type === 'close_applied';

/** Shows messages, and learns who sits where as they tell it. */
export class Screen {
  private names: Names = {};

  constructor(
    private readonly session: Session,
    private readonly view: View,
  ) {}

  async learnNames() {
    const { view } = await this.session.server.read('who', { channel_id: this.view.channelId });
    this.names = namesOf(view);
    return view;
  }

  async showRest(since: number) {
    for await (const message of history(this.session.server, this.view, since)) await this.show(message);
  }

  async show(message: Message) {
    const { out } = this.session;
    if (out.isJson) return out.answer(message, () => '');
    if (message.kind === 'system' && /^member_/.test(String(message.body.type))) await this.learnNames();
    const line = transcriptLine(message, this.names, out.paint);
    if (line) out.line(line);
  }
}
