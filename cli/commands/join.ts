import { Failure } from '../failure.js';
import { type Bot, type ChannelView, namesOf } from '../message.js';
import { rememberedSeat, rememberSeat, type TakenSeat } from '../seats.js';
import type { Session } from '../session.js';
import { visible } from '../terminal/visible.js';

interface Taken extends TakenSeat {
  readonly view: ChannelView;
  readonly bots: readonly Bot[];
}

export interface JoinOptions {
  readonly entropy?: string;
  /** With the id of a channel: which seat there. */
  readonly seat?: string;
}

/** Takes a seat and shows who is there. */
export async function join(session: Session, code: string, options: JoinOptions) {
  const { rejoin_token: _, ...taken } = await takeSeat(session, code, options);
  const { view, slot_id, channel_id } = taken;
  const others = Object.entries(namesOf(view)).filter(([slot]) => slot !== slot_id);
  session.out.answer(taken, (paint) => [
    `You sit in ${paint('bold', slot_id)} of ${channel_id} (${visible(view.name)}).`,
    `With you: ${others.map(([, name]) => visible(name)).join(', ')}`,
    `Play: parley play ${channel_id}`,
  ]);
}

/** An invite and a rejoin token are good for one seat; the id of a channel for the seat one has there already. */
export async function takeSeat(session: Session, code: string, { entropy, seat }: JoinOptions = {}): Promise<Taken> {
  const { server, place } = session;
  const named = code.startsWith('chn_') ? { channel_id: code, seat } : { invite_code: code };
  const taken: Taken = await server.call('join_channel', { ...named, entropy }).catch(async (error: unknown) => {
    const remembered = await rememberedSeat(place, code, seat);
    if (!remembered || !(error instanceof Failure) || error.code !== 'NOT_MEMBER') throw error;
    return server.call('join_channel', { invite_code: remembered.rejoin_token });
  });
  await rememberSeat(place, taken);
  return taken;
}
