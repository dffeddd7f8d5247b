import { createHash } from 'node:crypto';
import { history, type View } from '../events.js';
import { Failure } from '../failure.js';
import type { Message } from '../message.js';
import type { Session } from '../session.js';
import { visible, visibleLines } from '../terminal/visible.js';

/** Shows the source of a bot and whether it is the one that was announced: its hashes are computed here, not believed. */
export async function code(session: Session, channel_id: string, bot_id: string, { seat }: { readonly seat?: string }) {
  const { server, out } = session;
  const bot = await server.read('get_bot_code', { channel_id, bot_id });
  const announced = await announcementOf(session, { channelId: channel_id, seat }, bot_id);
  const own = { code_hash: hashOf(bot.inline_code), manifest_hash: hashOf(canonical(bot.manifest)) };
  const verdicts = (['code_hash', 'manifest_hash'] as const).map((name) => ({
    name,
    computed: own[name],
    announced: announced?.[name] ?? null,
    matches: own[name] === announced?.[name] && own[name] === bot[name],
  }));
  const isAsAnnounced = verdicts.every(({ matches }) => matches);
  out.answer({ ...bot, verdicts, as_announced: isAsAnnounced }, (paint) => [
    visibleLines(bot.inline_code, '').trimEnd(),
    '',
    ...verdicts.map(({ name, computed, announced, matches }) =>
      matches
        ? `${paint('green', '✓')} ${name} ${computed}, as it was announced`
        : `${paint('red', '✗')} ${name} is ${computed}, and ${announced === null ? 'none' : visible(String(announced))} was announced`,
    ),
  ]);
  if (isAsAnnounced) return;
  const fix = 'Do not trust this bot: leave the channel, and tell the operator.';
  throw new Failure('refused', 'NOT_AS_ANNOUNCED', 'This is not the code that was announced.', fix);
}

/** The newest `bot:attach` of the bot in the log of the channel. */
async function announcementOf({ server }: Session, view: View, bot_id: string) {
  let found: Message['body'] | undefined;
  for await (const { body, kind } of history(server, view)) {
    if (kind !== 'user' && body.type === 'bot:attach' && body.bot_id === bot_id) found = body;
  }
  return found;
}

const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** JSON as RFC 8785 writes it: names in order, nothing between. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
