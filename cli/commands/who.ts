import type { ListedBot, SlotInfo } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { channelNamed, type Roster, rosterOf } from '../session/naming.js';
import { clockTime, deadlineOf, timeLeft } from '../terminal/deadline.js';
import { type Paint, table } from '../terminal/output.js';
import { visible } from '../terminal/visible.js';

export interface WhoOptions {
  readonly seat?: string;
}

interface OwnSeat {
  readonly channel_id: string;
  readonly slot_id: string;
  readonly turns: readonly { readonly seat: string; readonly deadline?: string }[];
}

/** Shows the members of a channel, its free seats, and whose turn it is. Default: the user's only channel. */
export async function who({ server, out }: CliSession, channel: string | undefined, { seat }: WhoOptions) {
  const channelId = await channelNamed(server, channel);
  const [roster, { seats }] = await Promise.all([rosterOf(server, channelId, seat), server.read('start_here')]);
  const own: OwnSeat[] = seats.filter(({ channel_id }: OwnSeat) => channel_id === channelId);
  const turns = own[0]?.turns ?? [];
  const yours = own.map(({ slot_id }) => slot_id);
  out.answer({ ...roster, your_seats: yours, turns }, (paint) => whoLines(roster, yours, turns, paint));
}

function whoLines(roster: Roster, yours: readonly string[], turns: OwnSeat['turns'], paint: Paint): string[] {
  const { view, bots } = roster;
  const state = view.closed_at === undefined ? view.visibility : `${view.visibility}, closed`;
  return [
    `${paint('bold', visible(view.name))} (${view.channel_id}, ${visible(state)})`,
    ...table(view.slots.map((slot) => rowOf(slot, bots, yours))),
    ...turns.map((turn) => turnLine(turn, roster, yours)),
  ];
}

function rowOf(
  { slot_id, kind, label, name, role }: SlotInfo,
  bots: readonly ListedBot[],
  yours: readonly string[],
): string[] {
  const bot = bots.find((each) => each.slot_id === slot_id);
  if (kind === 'bot') return [slot_id, label, bot ? botWords(bot) : 'free, for a bot'];
  if (name === null) return [slot_id, label, role === 'observer' ? 'free, to watch' : 'free'];
  const remarks = [...(yours.includes(slot_id) ? ['you'] : []), ...(role === 'observer' ? ['watches'] : [])];
  return [slot_id, label, remarks.length ? `${name} (${remarks.join(', ')})` : name];
}

const botWords = ({ bot_id, name, version, status }: ListedBot) =>
  `${name} ${version}, a bot (${bot_id}${status === 'active' ? '' : `, ${status}`})`;

function turnLine({ seat, deadline }: OwnSeat['turns'][number], { view }: Roster, yours: readonly string[]): string {
  const name = view.slots.find(({ slot_id }) => slot_id === seat)?.name ?? seat;
  const end = deadlineOf(deadline);
  const until = end ? `, until ${clockTime(end)} (${timeLeft(end)})` : '';
  return `${yours.includes(seat) ? 'It is your turn' : `It is the turn of ${visible(name)}`} (${visible(seat)})${until}.`;
}
