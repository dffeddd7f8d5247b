import { text as textOf } from 'node:stream/consumers';
import { usage } from '../failure.js';
import { type Message, namesOf } from '../message.js';
import type { Session } from '../session.js';
import { transcriptLine } from '../terminal/transcript.js';

export interface SayOptions {
  readonly body?: object;
  readonly to?: string;
  readonly sealed?: boolean;
  readonly seat?: string;
  readonly wait?: number;
}

/** Says something and shows what the bots answer. */
export async function say({ server, out }: Session, channel: string, text: string | undefined, options: SayOptions) {
  const { body, to, sealed, seat, wait } = options;
  if ((text === undefined) === (body === undefined)) throw usage('Say a text, or an object with --body.');
  const words = text === '-' ? (await textOf(process.stdin)).replace(/\n$/, '') : text;
  const asked = { channel_id: channel, body: body ?? words, to, sealed, seat, wait_ms: wait };
  const said = await server.call('post_message', asked);
  if (out.isJson) return out.answer(said, () => '');
  const { view } = await server.read('who', { channel_id: channel });
  for (const reply of said.replies as Message[]) {
    const line = transcriptLine(reply, namesOf(view), out.paint);
    if (line) out.line(line);
  }
}
