import type { ChannelMessage } from '../server/message.js';
import { type Names, type Notice, noticeOf } from './notice.js';
import type { Paint } from './output.js';
import { terminalJson, visible, visibleLines } from './visible.js';

/** Longer values are cut; `--json` prints all. */
const MAX_VALUE_LENGTH = 40;
const MAX_TEXT_LENGTH = 2_000;
const MARGIN = `${' '.repeat(18)}│ `;
/** Types that are only for the verification of the log. */
const FOR_THE_LOG = new Set(['bot:manifest', 'bot:state', 'bots_announced']);
const SAID_ELSEWHERE = new Set(['type', 'text', 'bot_id', 'state_version', 'run', 'cause_seq']);

/** A message as a line of text; undefined for types that are not shown. */
export function transcriptLine({ id, sender, kind, body, to_slot }: ChannelMessage, names: Names, paint: Paint) {
  if (kind !== 'user' && FOR_THE_LOG.has(String(body.type))) return undefined;
  const to = to_slot ? paint('yellow', ` (to ${visible(to_slot)} alone)`) : '';
  const who = nameOf(sender, names).padEnd(12);
  const notice = kind === 'user' ? undefined : noticeOf(body, names);
  return `${paint('dim', String(id).padStart(4))} ${paint('bold', who)}${to} ${bodyWords(body, paint, MARGIN, notice)}`;
}

/** A body as text; further lines begin with `margin`. A notice replaces the fields that it covers. */
export function bodyWords(body: ChannelMessage['body'], paint: Paint, margin: string, notice?: Notice): string {
  const { type, text } = body;
  const isShown = (name: string) => !SAID_ELSEWHERE.has(name) && !notice?.says.includes(name);
  const words = [
    typeof type === 'string' && paint('dim', `[${visible(type)}]`),
    notice?.sentence,
    typeof text === 'string' && visibleLines(cut(text, MAX_TEXT_LENGTH), margin),
    ...Object.entries(body).flatMap(([name, value]) => (isShown(name) ? field(name, value) : [])),
  ];
  return words.filter(Boolean).join(' ');
}

export function nameOf(sender: string, names: Names): string {
  const bot = /^bot:bot_(.+)_\d+$/.exec(sender)?.[1];
  return visible(sender === 'system' ? 'server' : bot ? `bot:${bot}` : (names[sender] ?? sender));
}

function field(name: string, value: unknown): string {
  const text = typeof value === 'string' ? visible(value) : terminalJson(value ?? null);
  return `${visible(name)}=${cut(text, MAX_VALUE_LENGTH)}`;
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
