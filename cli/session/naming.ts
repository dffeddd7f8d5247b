import { CliError, usage } from '../server/cli-error.js';
import type { ChannelInfo, ListedBot } from '../server/message.js';
import type { Server } from './server.js';

/** The answer of `who`: the members and bots of a channel. */
export interface Roster {
  readonly view: ChannelInfo;
  readonly bots: readonly ListedBot[];
}

/** A member or bot, and all words that identify it. */
interface Meant {
  readonly id: string;
  readonly slot: string;
  readonly words: readonly string[];
  /** Its description for the user. */
  readonly shown: string;
}

export const rosterOf = (server: Server, channel_id: string, seat?: string): Promise<Roster> =>
  server.read('who', { channel_id, seat });

/**
 * Finds a bot by its id, slot, label or name; without a word, the only bot. Throws a CliError with the candidates if
 * there is none or more than one.
 */
export function botNamed(roster: Roster, word?: string): ListedBot {
  const candidates = roster.bots.map((bot) => meantBot(bot, roster));
  const { id } = word === undefined ? theOnly(candidates) : theOne(candidates, word, 'bot', 'BOT_NOT_FOUND');
  return roster.bots.find(({ bot_id }) => bot_id === id) as ListedBot;
}

/** Finds the recipient of a private message by slot, label or name, and returns a slot id or bot id. */
export function addresseeNamed(roster: Roster, word: string): string {
  const { view, bots } = roster;
  const members = view.slots.flatMap(({ slot_id, kind, label, name }): Meant[] => {
    if (kind === 'bot') return [];
    return [
      { id: slot_id, slot: slot_id, words: [label, name ?? ''], shown: `${slot_id} (${name ?? `${label}, free`})` },
    ];
  });
  return theOne([...members, ...bots.map((bot) => meantBot(bot, roster))], word, 'seat or bot', 'SLOT_NOT_FOUND').id;
}

/** The channel with this id, or the only one in which the user has a seat. */
export async function channelNamed(server: Server, id?: string): Promise<string> {
  if (id !== undefined) return id;
  const { seats } = await server.read('start_here');
  const all = new Map<string, string>(
    seats.map(({ channel_id, channel_name }: Record<string, string>) => [
      channel_id,
      `${channel_id} (${channel_name})`,
    ]),
  );
  const [first] = all.keys();
  if (first === undefined)
    throw usage('You have no seat in any channel: give the id of a channel.', 'Run: parley channels');
  if (all.size > 1) {
    throw usage('You have seats in several channels: give the id of one.', undefined, {
      candidates: [...all.values()],
    });
  }
  return first;
}

function meantBot({ bot_id, slot_id, name }: ListedBot, { view }: Roster): Meant {
  const label = view.slots.find((slot) => slot.slot_id === slot_id)?.label ?? '';
  const words = [label, name].flatMap((word) => [word, `bot:${word}`]);
  return { id: bot_id, slot: slot_id, words, shown: `${bot_id} (${slot_id} ${label})` };
}

function theOnly(candidates: readonly Meant[]): Meant {
  const [first, ...others] = candidates;
  if (!first) throw new CliError('refused', 'BOT_NOT_FOUND', 'There is no bot in this channel.', 'Attach one first.');
  if (others.length)
    throw usage('There are several bots in this channel: say which one.', undefined, {
      candidates: candidates.map(shownOf),
    });
  return first;
}

/**
 * Ids take precedence over labels and names, which others choose. Case is ignored, so that a similar name makes the
 * word ambiguous instead of receiving the message.
 */
function theOne(candidates: readonly Meant[], word: string, what: string, code: string): Meant {
  const same = (other: string) => other.toLowerCase() === word.toLowerCase();
  const byId = candidates.filter(({ id, slot }) => same(id) || same(slot));
  const found = byId.length ? byId : candidates.filter(({ words }) => words.some(same));
  const [first] = found;
  if (first && found.length === 1) return first;
  const [message, fix] = first
    ? [`"${word}" names more than one ${what}.`, 'Use the id or the slot.']
    : [`There is no ${what} "${word}" here.`, 'Use a slot, a label or a name. parley who lists them.'];
  const candidateNames = (first ? found : candidates).map(shownOf);
  throw new CliError('refused', first ? 'AMBIGUOUS' : code, message, fix, { candidates: candidateNames });
}

const shownOf = ({ shown }: Meant) => shown;
