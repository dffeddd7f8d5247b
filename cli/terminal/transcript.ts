import type { Message } from '../message.js';
import type { Paint } from './output.js';
import { visible, visibleJson, visibleLines } from './visible.js';

/** Longer values are cut; `--json` has the whole. */
const LONGEST_VALUE = 40;
const LONGEST_TEXT = 2_000;
const MARGIN = `${' '.repeat(18)}│ `;
/** In the log for whoever checks it; nothing to read while one plays. */
const FOR_THE_LOG = new Set(['bot:manifest', 'bot:state', 'bots_announced']);
/** What is worth a line of the longest ones. */
const GIST: Readonly<Record<string, readonly string[]>> = {
  channel_created: ['name', 'visibility'],
  'bot:attach': ['name', 'version', 'code_hash'],
};
const SAID_ELSEWHERE = new Set(['type', 'text', 'bot_id', 'state_version', 'run', 'cause_seq']);

/** A message as a line for people; undefined for what nobody reads while it happens. */
export function transcriptLine({ id, sender, kind, body, to_slot }: Message, names: Names, paint: Paint) {
  const { type, text } = body;
  if (kind !== 'user' && FOR_THE_LOG.has(String(type))) return undefined;
  const gist = kind === 'user' ? undefined : GIST[String(type)];
  const isShown = (name: string) => (gist ? gist.includes(name) : !SAID_ELSEWHERE.has(name));
  const to = to_slot ? paint('yellow', ` (to ${visible(to_slot)} alone)`) : '';
  const who = nameOf(sender, names).padEnd(12);
  const words = [
    typeof type === 'string' && paint('dim', `[${visible(type)}]`),
    typeof text === 'string' && visibleLines(cut(text, LONGEST_TEXT), MARGIN),
    ...Object.entries(body).flatMap(([name, value]) => (isShown(name) ? field(name, value) : [])),
  ];
  return `${paint('dim', String(id).padStart(4))} ${paint('bold', who)}${to} ${words.filter(Boolean).join(' ')}`;
}

/** Who sits where: `s1` → `s1 alice`. */
export type Names = Readonly<Record<string, string>>;

export function nameOf(sender: string, names: Names): string {
  const bot = /^bot:bot_(.+)_\d+$/.exec(sender)?.[1];
  return visible(sender === 'system' ? 'server' : bot ? `bot:${bot}` : (names[sender] ?? sender));
}

function field(name: string, value: unknown): string {
  const text = typeof value === 'string' ? visible(value) : visibleJson(value ?? null);
  return `${visible(name)}=${cut(text, LONGEST_VALUE)}`;
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
