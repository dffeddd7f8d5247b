import { text as textOf } from 'node:stream/consumers';
import { usage } from '../server/cli-error.js';
import { type ChannelMessage, namesOf } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { addresseeNamed, rosterOf } from '../session/naming.js';
import { transcriptLine } from '../terminal/transcript.js';

export interface SayOptions {
  readonly body?: object;
  readonly to?: string;
  readonly sealed?: boolean;
  readonly seat?: string;
  readonly wait?: number;
}

const FIX =
  'For a private message use --to WHO. To post the text anyway, use --body with an object such as {"text":"/roll"}.';

/** Posts a message and shows the bots' answers. */
export async function say({ server, out }: CliSession, channel: string, text: string | undefined, options: SayOptions) {
  const { body, to, sealed, seat, wait } = options;
  if ((text === undefined) === (body === undefined)) throw usage('Give a text, or an object with --body.');
  const words = text === '-' ? (await textOf(process.stdin)).replace(/\n$/, '') : text;
  // A mistyped command of `play`, such as a private message, would be public.
  if (words?.trimStart().startsWith('/'))
    throw usage('A text that begins with / is a command of play, so it was not posted.', FIX);
  const addressee = to && addresseeNamed(await rosterOf(server, channel, seat), to);
  const asked = { channel_id: channel, body: body ?? words, to: addressee, sealed, seat, wait_ms: wait };
  const said = await server.call('post_message', asked);
  if (out.isJson) return out.answer(said, () => '');
  const { view } = await server.read('who', { channel_id: channel });
  for (const reply of said.replies as ChannelMessage[]) {
    const line = transcriptLine(reply, namesOf(view), out.paint);
    if (line) out.line(line);
  }
}
