import { type ChannelMessage, namesOf } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { events, history, type View } from '../session/events.js';
import type { Names } from '../terminal/notice.js';
import { transcriptLine } from '../terminal/transcript.js';

export interface WatchOptions {
  readonly since?: number;
  readonly follow: boolean;
  readonly seat?: string;
}

/** Shows the messages of a channel until it is closed or the user ends it. */
export async function watch(session: CliSession, channelId: string, { since = 0, follow, seat }: WatchOptions) {
  const view = { channelId, seat };
  const screen = new MessagePrinter(session, view);
  await screen.learnNames();
  const onLost = () => session.out.aside('The connection was lost. Trying again …');
  const { server, signal } = session;
  const messages = follow ? events(server, { ...view, since, signal, onLost }) : history(server, view, since);
  for await (const message of messages) {
    await screen.show(message);
    if (follow && isChannelClosed(message)) return screen.showRest(message.id);
  }
}

/** Whether the message says that the channel was closed; only the server writes this type. */
export const isChannelClosed = ({ body }: ChannelMessage) => body.type === 'close_applied';

/** Prints messages and keeps track of the members' names. */
export class MessagePrinter {
  private names: Names = {};

  constructor(
    private readonly session: CliSession,
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

  async show(message: ChannelMessage) {
    const { out } = this.session;
    if (out.isJson) return out.answer(message, () => '');
    const { kind, body } = message;
    const isMove = kind === 'system' && /^member_/.test(String(body.type));
    // For a leaving member the old name is still needed.
    if (isMove && body.type !== 'member_left') await this.learnNames();
    const line = transcriptLine(message, this.names, out.paint);
    if (line) out.line(line);
    if (isMove && body.type === 'member_left') await this.learnNames();
  }
}
