import { readFile } from 'node:fs/promises';
import { usage } from '../failure.js';
import type { ChannelView } from '../message.js';
import { rememberSeat } from '../seats.js';
import type { Session } from '../session.js';
import { visible } from '../terminal/visible.js';

const PLAYERS = ['invite:player-1', 'invite:player-2'];

export interface CreateOptions {
  readonly preset?: string;
  readonly botFile?: string;
  readonly language?: string;
  readonly params?: object;
  readonly public?: boolean;
  readonly distinctMembers?: boolean;
  readonly entropy?: string;
  readonly join?: boolean;
}

/** Opens a channel and shows its invites. Where no slots are named there are two seats, and one for the bot if there is one. */
export async function create(session: Session, name: string, named: string[], options: CreateOptions) {
  const { server, out } = session;
  const { preset, botFile, language, params, public: isPublic, entropy } = options;
  if (preset && botFile) throw usage('Choose one of --preset and --bot-file.');
  if ((params || language) && !preset && !botFile) throw usage('--params and --language are about a bot: name one.');
  const slots = named.length ? named : [...(preset || botFile ? ['bot:referee'] : []), ...PLAYERS];
  const created = await server.call('create_channel', {
    name,
    slots,
    bot_preset: preset,
    bot_code: botFile === undefined ? undefined : await sourceIn(botFile),
    bot_language: language,
    bot_params: params,
    visibility: isPublic ? 'public' : undefined,
    distinct_members: options.distinctMembers,
    entropy,
  });
  const seat = options.join ? await takeFirst(session, created.invites.shift()) : undefined;
  out.answer({ ...created, ...(seat && { slot_id: seat }) }, (paint) => [
    `${paint('bold', created.channel_id)}  ${visible(created.view.name)}`,
    ...(seat ? [`You sit in ${seat}: parley play ${created.channel_id}`] : []),
    ...invitesOf(created, seat).map(([label, code]) => `${paint('dim', `${visible(label)}:`)} ${code}`),
  ]);
}

async function sourceIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw usage('The file of --bot-file cannot be read.');
  });
}

async function takeFirst(session: Session, invite_code: string | undefined): Promise<string> {
  if (!invite_code) throw usage('--join takes the first invite: give the channel a slot such as invite:me.');
  const taken = await session.server.call('join_channel', { invite_code });
  await rememberSeat(session.place, taken);
  return taken.slot_id;
}

interface Created {
  readonly invites: readonly string[];
  readonly observer_invites: readonly string[];
  readonly view: ChannelView;
}

/** Codes come in the order of their slots. */
function invitesOf({ invites, observer_invites, view }: Created, taken?: string): [string, string][] {
  const labels = (kind: string) =>
    view.slots.filter((slot) => slot.kind === kind && slot.slot_id !== taken).map(({ label }) => label);
  const pair = (kind: string, codes: readonly string[]) =>
    codes.map((code, i): [string, string] => [labels(kind)[i] ?? kind, code]);
  return [...pair('invite', invites), ...pair('observe', observer_invites)];
}
