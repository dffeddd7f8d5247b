import { CliError } from '../server/cli-error.js';
import type { ChannelInfo, ListedBot } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { type RememberedSeat, rememberedSeat, rememberSeat } from '../session/seats.js';
import { visible } from '../terminal/visible.js';

interface TakenSeat extends RememberedSeat {
  readonly view: ChannelInfo;
  readonly bots: readonly ListedBot[];
}

export interface JoinOptions {
  readonly entropy?: string;
  /** With the id of a channel: the seat to take. */
  readonly seat?: string;
}

/** Takes a seat and shows the members. */
export async function join(session: CliSession, code: string, options: JoinOptions) {
  const { rejoin_token: _, ...taken } = await takeSeat(session, code, options);
  const { view, slot_id, channel_id } = taken;
  session.out.answer(taken, (paint) => [
    `You have seat ${paint('bold', slot_id)} in ${channel_id} (${visible(view.name)}).`,
    ...companyLines(taken),
    `Play: parley play ${channel_id}`,
  ]);
}

/** The lines about members and free seats. */
function companyLines({ view, bots, slot_id }: Pick<TakenSeat, 'view' | 'bots' | 'slot_id'>): string[] {
  const others = view.slots.filter((slot) => slot.slot_id !== slot_id);
  const botIn = (slotId: string) => bots.find((bot) => bot.slot_id === slotId)?.name;
  const here = others.flatMap((slot) => {
    const name = slot.name ?? botIn(slot.slot_id);
    return name === undefined ? [] : [`${slot.slot_id} ${name}${slot.kind === 'bot' ? ' (a bot)' : ''}`];
  });
  const free = others.filter((slot) => slot.name === null && botIn(slot.slot_id) === undefined);
  return [
    here.length ? `With you: ${here.map(visible).join(', ')}` : 'No other member is here yet.',
    ...(free.length ? [`Free: ${free.map((slot) => visible(`${slot.slot_id} ${slot.label}`)).join(', ')}`] : []),
  ];
}

/** Takes a seat by an invite, a rejoin token, or the id of a channel in which the user already has a seat. */
export async function takeSeat(
  session: CliSession,
  code: string,
  { entropy, seat }: JoinOptions = {},
): Promise<TakenSeat> {
  const { server, place } = session;
  const named = code.startsWith('chn_') ? { channel_id: code, seat } : { invite_code: code };
  const taken: TakenSeat = await server.call('join_channel', { ...named, entropy }).catch(async (error: unknown) => {
    const remembered = await rememberedSeat(place, code, seat);
    if (!remembered || !(error instanceof CliError) || error.code !== 'NOT_MEMBER') throw error;
    return server.call('join_channel', { invite_code: remembered.rejoin_token });
  });
  await rememberSeat(place, taken);
  return taken;
}
