import type { JsonObject } from '../encoding/json.js';
import type { Bot } from './bots.js';
import type { OpenEntry } from './entry.js';
import { isObject } from './shape.js';

/** What a hook is called with, as the bot contract has it (bot-sdk/contract.ts). */
export type Call =
  | { readonly hook: 'on_init' }
  | { readonly hook: 'on_join' | 'on_leave'; readonly player: string }
  | { readonly hook: 'on_message' | 'on_event'; readonly msg: Message }
  | { readonly hook: 'on_private_message'; readonly player: string; readonly msg: Message }
  | { readonly hook: 'on_timer'; readonly name: string };

export interface Message {
  id: number;
  channel_id: string;
  sender: string;
  kind: string;
  body: JsonObject;
  ts: string;
  text?: string;
  signed?: true;
}

/** The hook that an entry fires for a bot, if any. */
export function callOf(entry: OpenEntry, bot: Bot, channel: string): Call | undefined {
  const { seq, opening } = entry;
  const { kind, from, to, body } = opening;
  if (seq === bot.attachedAt) return { hook: 'on_init' };
  if (kind === 'system') return from === 'system' ? ofServer(entry, bot, channel) : undefined;
  const msg = messageOf(entry, channel);
  if (kind === 'user') return { hook: 'on_message', msg };
  if (kind === 'bot' || kind === 'control') return hears(entry, bot) ? { hook: 'on_event', msg } : undefined;
  if (to !== bot.botId) return undefined;
  if (kind === 'timer') return { hook: 'on_timer', name: String(body.name) };
  if (kind === 'private' || kind === 'sealed') return { hook: 'on_private_message', player: from, msg: withText(msg) };
  return undefined;
}

function ofServer({ seq, ts, opening: { body } }: OpenEntry, { botId }: Bot, channel: string): Call | undefined {
  const { type, slot_id, role } = body;
  if (type === 'control:debug')
    return body.bot_id === botId ? emitted(body, { id: seq, channel_id: channel, ts }) : undefined;
  if (type === 'round:commit') return body.bot_id === botId && body.restart === true ? { hook: 'on_init' } : undefined;
  if (role !== 'player') return undefined;
  if (type === 'member_joined') return { hook: 'on_join', player: String(slot_id) };
  if (type === 'member_left') return { hook: 'on_leave', player: String(slot_id) };
  return undefined;
}

/** The hook that an admin has called: its entry has the arguments. */
function emitted(given: JsonObject, where: Pick<Message, 'id' | 'channel_id' | 'ts'>): Call | undefined {
  const { hook, player, name } = given;
  const sender = String(given.sender);
  const body = given.body as JsonObject;
  switch (hook) {
    case 'on_init':
      return { hook };
    case 'on_join':
    case 'on_leave':
      return { hook, player: String(player) };
    case 'on_timer':
      return { hook, name: String(name) };
    case 'on_message':
      return { hook, msg: { ...where, sender, kind: 'user', body } };
    case 'on_event':
      return { hook, msg: { ...where, sender, kind: 'bot', body } };
    case 'on_private_message':
      return { hook, player: sender, msg: withText({ ...where, sender, kind: 'private', body }) };
    default:
      return undefined;
  }
}

/** A bot never hears its own posts; others only if its manifest, or its hook, says so. */
function hears({ opening: { kind, from, body } }: OpenEntry, bot: Bot): boolean {
  if (from === `bot:${bot.botId}`) return false;
  const declared = bot.manifest?.hears;
  if (!Array.isArray(declared)) return true;
  return declared.some((heard) => {
    const filter = isObject(heard) ? heard : {};
    return (filter.kind ?? kind) === kind && (filter.type === undefined || filter.type === body.type);
  });
}

const messageOf = ({ seq, ts, opening: { kind, from, body, sig } }: OpenEntry, channel_id: string): Message => ({
  ...{ id: seq, channel_id, sender: from, kind, body, ts },
  ...(sig && { signed: true }),
});

const withText = (msg: Message): Message => ({ ...msg, text: typeof msg.body.text === 'string' ? msg.body.text : '' });
