import { createHash } from 'node:crypto';
import { CliError } from '../server/cli-error.js';
import type { ChannelMessage } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { history, type View } from '../session/events.js';
import { botNamed, rosterOf } from '../session/naming.js';
import { visible, visibleLines } from '../terminal/visible.js';

export interface CodeOptions {
  readonly seat?: string;
}

/** Shows the source of a bot and whether it matches the announced hashes, which are recomputed here. */
export async function code(session: CliSession, channel_id: string, named: string | undefined, { seat }: CodeOptions) {
  const { server, out } = session;
  const { bot_id } = botNamed(await rosterOf(server, channel_id, seat), named);
  const bot = await server.read('get_bot_code', { channel_id, bot_id, seat });
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
        ? `${paint('green', '✓')} ${name} ${computed}, as announced`
        : `${paint('red', '✗')} ${name} is ${computed}, and ${announced === null ? 'none' : visible(String(announced))} was announced`,
    ),
  ]);
  if (isAsAnnounced) return;
  const fix = 'Do not trust this bot: leave the channel, and tell the operator.';
  throw new CliError('refused', 'NOT_AS_ANNOUNCED', 'The code differs from the code that was announced.', fix);
}

/** The newest `bot:attach` entry of the bot in the channel's log. */
async function announcementOf({ server }: CliSession, view: View, bot_id: string) {
  let found: ChannelMessage['body'] | undefined;
  for await (const { body, kind } of history(server, view)) {
    if (kind !== 'user' && body.type === 'bot:attach' && body.bot_id === bot_id) found = body;
  }
  return found;
}

const hashOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Canonical JSON (RFC 8785). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
}
