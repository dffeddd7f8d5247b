import type { EventFilter, HookCall, HookMessage, JsonObject } from '../../../bot-sdk/contract.js';
import { withText } from '../../../bot-sdk/private-message.js';
import type { Entry } from '../../messaging/entry.entity.js';
import type { EntryHead } from '../../messaging/history.js';
import type { Attachment } from '../attachments/attachment.entity.js';

/**
 * The hook that an entry fires for a bot, if any. Whether a timer still stands is checked elsewhere: a cleared one
 * fires nothing.
 */
export function hookCallOf(entry: Entry, attachment: Attachment): HookCall | undefined {
  const { botId, initSeq } = attachment;
  if (entry.seq === initSeq) return { hook: 'on_init' };
  if (entry.type === DEBUG) return emittedBy(entry, botId);
  if (entry.type === 'round:commit') return restartOf(entry, botId);
  if (entry.kind === 'system') return ofSystem(entry);
  if (entry.kind === 'user') return { hook: 'on_message', msg: messageOf(entry) };
  if (isBotPost(entry)) return isHeard(entry, attachment) ? { hook: 'on_event', msg: messageOf(entry) } : undefined;
  if (entry.to !== botId) return undefined;
  if (entry.kind === 'timer') return { hook: 'on_timer', name: String(entry.body().name) };
  return { hook: 'on_private_message', player: entry.from, msg: withText(messageOf(entry)) };
}

/**
 * Whether an entry may fire a hook for a bot, decided without reading its body. If this is false, `hookCallOf` finds no
 * hook that the bot has.
 */
export function mayFire(entry: EntryHead, attachment: Attachment, hooks: readonly string[]): boolean {
  const { botId, initSeq } = attachment;
  if (entry.seq === initSeq) return hooks.includes('on_init');
  if (entry.kind === 'system') return true;
  if (entry.kind === 'user') return hooks.includes('on_message');
  if (isBotPost(entry)) return hooks.includes('on_event') && isHeard(entry, attachment);
  return entry.to === botId && hooks.includes(entry.kind === 'timer' ? 'on_timer' : 'on_private_message');
}

/** The type of the entry that each use of debug_bot logs. */
export const DEBUG = 'control:debug';

/** The hook that an admin has called: the entry contains all its arguments. */
function emittedBy(entry: Entry, bot: string): HookCall | undefined {
  const { bot_id, hook, player, name, sender, body } = entry.body() as Record<string, string> & { body: JsonObject };
  if (bot_id !== bot) return undefined;
  const msg = { id: entry.seq, channel_id: entry.channelId, sender: String(sender), body, ts: entry.ts };
  switch (hook) {
    case 'on_init':
      return { hook };
    case 'on_join':
    case 'on_leave':
      return { hook, player: String(player) };
    case 'on_timer':
      return { hook, name: String(name) };
    case 'on_message':
      return { hook, msg: { ...msg, kind: 'user' } };
    case 'on_event':
      return { hook, msg: { ...msg, kind: 'bot' } };
    case 'on_private_message':
      return { hook, player: String(sender), msg: withText({ ...msg, kind: 'private' }) };
    default:
      return undefined;
  }
}

/** After a void round the bot starts again with `on_init`. */
function restartOf(entry: Entry, bot: string): HookCall | undefined {
  const { bot_id, restart } = entry.body();
  return bot_id === bot && restart === true ? { hook: 'on_init' } : undefined;
}

/** Whether the entry is a public post of a bot. */
export const isBotPost = ({ kind }: Pick<Entry, 'kind'>) => kind === 'bot' || kind === 'control';

/** A bot never receives its own posts. */
function isHeard({ kind, type, from }: EntryHead, attachment: Attachment): boolean {
  const fits = (heard: EventFilter) => (heard.kind ?? kind) === kind && (heard.type ?? type) === type;
  return from !== `bot:${attachment.botId}` && (attachment.hears() ?? []).some(fits);
}

function ofSystem(entry: Entry): HookCall | undefined {
  const { slot_id, role } = entry.body();
  const player = String(slot_id);
  if (role !== 'player') return undefined;
  if (entry.type === 'member_joined') return { hook: 'on_join', player };
  if (entry.type === 'member_left') return { hook: 'on_leave', player };
  return undefined;
}

const messageOf = (entry: Entry): HookMessage => ({
  id: entry.seq,
  channel_id: entry.channelId,
  sender: entry.from,
  kind: entry.kind,
  body: entry.body(),
  ts: entry.ts,
  ...(entry.signature() && { signed: true }),
});
