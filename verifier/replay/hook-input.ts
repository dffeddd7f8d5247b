import type { HookCall, HookInput, Json, Manifest, RunLimits } from '../../bot-sdk/contract.js';
import { DEFAULT_LIMITS } from '../../bot-sdk/contract.js';
import type { Bot } from '../bundle/bots.js';
import { callOf } from '../bundle/calls.js';
import type { Model } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import { isObject } from '../bundle/shape.js';
import { seedOf } from '../claims/seeds.js';
import { runKey } from './run-key.js';

/** The input of a run, or why it cannot be put together. */
export type InputOrLack =
  | { readonly input: HookInput; readonly hasEntropy: boolean }
  | { readonly unchecked: 'withheld' | 'erased'; readonly text: string }
  | { readonly diverged: string };

/** Puts together from the bundle alone what a run was given. */
export function inputOf({ bundle, log, history }: Model, bot: Bot, receipt: Receipt): InputOrLack {
  const { event_seq, round, run, state_before, state_version } = receipt;
  const event = log.open(event_seq);
  if (!event) {
    const reason = log.erased.has(event_seq) ? 'erased' : 'withheld';
    return { unchecked: reason, text: `the opening of the entry that fired it, ${event_seq}, is not in the file` };
  }
  const call = callOf(event, bot, log.channel);
  if (!call) return { diverged: `entry ${event_seq} fires no hook of the bot` };
  if (call.hook !== receipt.hook) return { diverged: `entry ${event_seq} fires ${call.hook}, not ${receipt.hook}` };
  const its = bot.rounds.find((each) => each.round === round);
  const seed = its && seedOf(its);
  if (!seed) return { unchecked: 'withheld', text: 'the seed of its round is not revealed' };
  const entropy = history.entropy(event_seq);
  const input: HookInput = {
    channel_id: log.channel,
    bot_id: bot.botId,
    call: call as HookCall,
    now: event.ts,
    params: bot.params,
    state: bundle.states.get(state_before) as Json,
    state_version,
    players: history.players(event_seq).map((player) => ({ ...player })),
    env: {},
    key: runKey(seed, { channel: log.channel, botId: bot.botId, round, run, entropy }),
    run,
  };
  return { input, hasEntropy: entropy.length > 0 };
}

/** The limits that the manifest sets; those of time are for the executor. */
export function limitsOf({ manifest }: Bot): RunLimits {
  const { limits } = (manifest ?? {}) as Partial<Manifest>;
  return { ...DEFAULT_LIMITS, ...(isObject(limits) ? (limits as Partial<RunLimits>) : {}) };
}
