import { prepare } from '../../bot-sdk/bundle.js';
import {
  DEFAULT_LIMITS,
  type HookCall,
  type HookInput,
  type Json,
  type Language,
  type Player,
} from '../../bot-sdk/contract.js';
import { runHook } from '../../bot-sdk/realm.js';
import { Realms } from '../../bot-sdk/realms.js';
import { canonical, hmacSha256, sha256 } from '../support/longhand.js';
import type { StoredChannel, StoredEntry } from '../support/stored-log.js';

export interface Receipt {
  readonly seq: number;
  readonly bot_id: string;
  readonly round: number;
  readonly run: number;
  readonly hook: string;
  readonly event_seq: number;
  readonly code_hash: string;
  readonly bundle_hash: string;
  readonly state_before: string;
  readonly state_after: string;
  readonly outputs: number[];
  readonly outcome: string;
  readonly state_version: number;
  readonly channel_ops?: unknown[];
}

/** What one run did: as it was logged, or as it came out again. */
export interface Deed {
  readonly run: number;
  readonly hook: string;
  readonly posts: unknown[];
  readonly channel_ops: unknown[];
  readonly state_after: string;
}

export const receiptsOf = ({ entries }: StoredChannel): Receipt[] =>
  entries.filter(({ kind }) => kind === 'receipt').map((entry) => ({ seq: entry.seq, ...bodyOf(entry) }));

/** What the log says that each run did. */
export function logged(channel: StoredChannel): Deed[] {
  return receiptsOf(channel).map(({ run, hook, outputs, channel_ops = [], state_after }) => {
    const posts = outputs.map((seq) => {
      const entry = channel.entries[seq - 1] as StoredEntry;
      return { kind: entry.kind, from: entry.from_id, to: entry.to_id, body: bodyOf(entry) };
    });
    return { run, hook, posts, channel_ops, state_after };
  });
}

/** Does every run again: the source, the states, the seeds and the log are all it needs. */
export async function replayed(channel: StoredChannel): Promise<Deed[]> {
  const { attachment, source, states } = channel;
  const program = prepare(source, attachment.language as Language, attachment.name);
  const limits = { ...DEFAULT_LIMITS, ...JSON.parse(attachment.manifest).limits };
  const realms = new Realms();
  const deeds: Deed[] = [];
  for (const receipt of receiptsOf(channel)) {
    const state = JSON.parse(states.get(receipt.state_before) as string);
    const { effects, state: saved } = await runHook(
      program,
      inputOf(channel, receipt, state, receipt.state_version),
      limits,
      { realms },
    );
    const posts = effects.flatMap((effect) => {
      if (effect.type !== 'post') return [];
      const { kind, to = null, body, state_version } = effect;
      const verdict = body.type === 'bot:reveal' && { verified: isKept(channel, body) };
      const from = `bot:${receipt.bot_id}`;
      return { kind, from, to, body: { ...body, ...verdict, bot_id: receipt.bot_id, state_version } };
    });
    const channel_ops = effects.flatMap((effect) => (effect.type === 'update_channel' ? effect.ops : []));
    const state_after = saved ? `sha256:${sha256(canonical(saved.value))}` : receipt.state_before;
    deeds.push({ run: receipt.run, hook: receipt.hook, posts, channel_ops, state_after });
  }
  return deeds;
}

/** What the hook of a run was given. */
export function inputOf(
  channel: StoredChannel,
  receipt: Omit<Receipt, 'seq'>,
  state: Json,
  state_version: number,
): HookInput {
  const { channelId, attachment, seeds } = channel;
  const { bot_id, round, run, event_seq } = receipt;
  const event = channel.entries[event_seq - 1] as StoredEntry;
  const seed = Buffer.from(seeds.get(round) as string, 'hex');
  const drawn = canonical(['parley-run-v1', channelId, bot_id, round, run, entropyBefore(channel, event_seq)]);
  return {
    channel_id: channelId,
    bot_id,
    call: callOf(receipt.hook, event, channelId),
    now: event.ts,
    params: JSON.parse(attachment.params),
    state,
    state_version,
    players: playersAt(channel, event_seq),
    env: {},
    key: hmacSha256(seed, drawn),
    run,
  };
}

function callOf(hook: string, event: StoredEntry, channel_id: string): HookCall {
  const { type, sender, ...emitted } = bodyOf(event);
  // An admin had the hook run: its entry says with what.
  if (type === 'control:debug') {
    const kind = hook === 'on_private_message' ? 'private' : 'user';
    const made = { ...event, kind, from_id: sender ?? event.from_id };
    return callOf(hook, { ...made, opening: JSON.stringify({ body: emitted.body ?? asLogged(emitted) }) }, channel_id);
  }
  const body = bodyOf(event);
  const msg = { id: event.seq, channel_id, sender: event.from_id, kind: event.kind, body, ts: event.ts };
  if (hook === 'on_message') return { hook, msg };
  if (hook === 'on_private_message') return { hook, player: event.from_id, msg };
  if (hook === 'on_timer') return { hook, name: body.name };
  if (hook === 'on_join' || hook === 'on_leave') return { hook, player: body.slot_id };
  return { hook: 'on_init' };
}

const asLogged = ({ player: slot_id, name }: Record<string, unknown>) => ({ slot_id, name });

function playersAt({ entries }: StoredChannel, upTo: number): Player[] {
  let players: Player[] = [];
  for (const { type, slot_id: seat, label, name, role } of entries.slice(0, upTo).map(bodyOf)) {
    if (type === 'member_left' || type === 'member_joined') players = players.filter((player) => player.seat !== seat);
    if (type === 'member_joined' && role === 'player') players.push({ seat, label, name });
  }
  return players;
}

const entropyBefore = ({ entries }: StoredChannel, seq: number) =>
  entries.slice(0, seq - 1).flatMap((entry) => {
    const { type, entropy } = bodyOf(entry);
    const isGiven = (type === 'channel_created' || type === 'member_joined') && entropy !== undefined;
    return isGiven ? [[entry.seq, entropy]] : [];
  });

const isKept = ({ entries }: StoredChannel, { target, nonce }: Record<string, unknown>) =>
  entries.map(bodyOf).some(({ type, commit }) => type === 'bot:commit' && commit === sha256(`${target}|${nonce}`));

export const bodyOf = ({ opening }: StoredEntry) => JSON.parse(opening).body;
