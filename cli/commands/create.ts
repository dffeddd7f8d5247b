import { readFile } from 'node:fs/promises';
import { usage } from '../server/cli-error.js';
import type { ChannelInfo } from '../server/message.js';
import type { CliSession } from '../session/cli-session.js';
import { rememberSeat } from '../session/seats.js';
import { visible } from '../terminal/visible.js';

const PLAYERS = ['invite:player-1', 'invite:player-2'];

export interface CreateOptions {
  readonly preset?: string;
  readonly botFile?: string;
  readonly manifest?: string;
  readonly language?: string;
  readonly params?: object;
  readonly public?: boolean;
  readonly distinctMembers?: boolean;
  readonly entropy?: string;
  readonly join?: boolean;
}

/** Creates a channel and shows its invites. Default slots: two seats, and one for the bot if there is one. */
export async function create(session: CliSession, name: string, named: string[], options: CreateOptions) {
  const { server, out } = session;
  const { preset, botFile, manifest, language, params, public: isPublic, entropy } = options;
  if (preset && botFile) throw usage('Choose one of --preset and --bot-file.');
  if ((params || language) && !preset && !botFile)
    throw usage('--params and --language need a bot: give --preset or --bot-file.');
  if (manifest && !botFile) throw usage('--manifest needs a bot of your own: give its file with --bot-file.');
  const slots = named.length ? named : [...(preset || botFile ? ['bot:referee'] : []), ...PLAYERS];
  const created = await server.call('create_channel', {
    name,
    slots,
    bot_preset: preset,
    bot_code: botFile === undefined ? undefined : await textIn(botFile, '--bot-file'),
    bot_manifest: manifest === undefined ? undefined : await manifestIn(manifest),
    bot_language: language,
    bot_params: params,
    visibility: isPublic ? 'public' : undefined,
    distinct_members: options.distinctMembers,
    entropy,
  });
  const seat = options.join ? await takeFirst(session, created.invites.shift()) : undefined;
  out.answer({ ...created, ...(seat && { slot_id: seat }) }, (paint) => [
    `${paint('bold', created.channel_id)}  ${visible(created.view.name)}`,
    ...(seat ? [`You have seat ${seat}: parley play ${created.channel_id}`] : []),
    ...invitesOf(created, seat).map(([label, code]) => `${paint('dim', `${visible(label)}:`)} ${code}`),
  ]);
}

async function textIn(file: string, option: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw usage(`The file of ${option} cannot be read.`);
  });
}

async function manifestIn(file: string): Promise<object> {
  const text = await textIn(file, '--manifest');
  try {
    return JSON.parse(text);
  } catch {
    throw usage('The file of --manifest is not valid JSON.');
  }
}

async function takeFirst(session: CliSession, invite_code: string | undefined): Promise<string> {
  if (!invite_code) throw usage('--join uses the first invite: give the channel a slot such as invite:me.');
  const taken = await session.server.call('join_channel', { invite_code });
  await rememberSeat(session.place, taken);
  return taken.slot_id;
}

interface Created {
  readonly invites: readonly string[];
  readonly observer_invites: readonly string[];
  readonly view: ChannelInfo;
}

/** The codes are in the order of their slots. */
function invitesOf({ invites, observer_invites, view }: Created, taken?: string): [string, string][] {
  const labels = (kind: string) =>
    view.slots.filter((slot) => slot.kind === kind && slot.slot_id !== taken).map(({ label }) => label);
  const pair = (kind: string, codes: readonly string[]) =>
    codes.map((code, i): [string, string] => [labels(kind)[i] ?? kind, code]);
  return [...pair('invite', invites), ...pair('observe', observer_invites)];
}
