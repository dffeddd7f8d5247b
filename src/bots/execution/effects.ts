import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Effect, JsonObject, PostEffect, RunError } from '../../../bot-sdk/contract.js';
import { DEFAULT_LIMITS } from '../../../bot-sdk/contract.js';
import { slotsOf } from '../../channels/channel-access.service.js';
import { printable } from '../../kernel/errors.js';
import type { Entry } from '../../messaging/entry.entity.js';
import { History } from '../../messaging/history.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { isReservedForBots } from '../../messaging/reserved-types.js';
import { VERDICT, withoutVerdicts } from '../../messaging/verdict-field.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { Commitments, type CommittingRun } from './commitments/commitments.service.js';
import type { HookInvocation } from './hook-invocation.js';
import { isBotPost } from './hooks.js';
import { Run } from './run.entity.js';
import { Timers } from './timers.service.js';

/** The maximum number of timers that fire while no member posts. It stops bots that only trigger themselves. */
const MAX_UNATTENDED = 1_000;

export interface AppliedEffects {
  /** `seq` of each post, in order. */
  readonly outputs: number[];
  /** `seq` of each sealed post by its handle. */
  readonly sealed: Record<string, number>;
}

/** Applies the effects of a hook: posts, reveals and timers. */
@Injectable()
export class Effects {
  constructor(
    private readonly log: ChannelLog,
    private readonly history: History,
    private readonly timers: Timers,
    private readonly commitments: Commitments,
  ) {}

  /** Why these effects cannot be applied; undefined if they can. Called before the first of them is applied. */
  async refusal(
    tx: EntityManager,
    { attachment, event }: HookInvocation,
    effects: readonly Effect[],
  ): Promise<RunError | undefined> {
    const slots = await slotsOf(tx, attachment.channelId);
    const people = slots.filter(({ role }) => role === 'player').map(({ slotId }) => slotId);
    const timers = new Set((await this.timers.names(tx, attachment)).map(({ name }) => name));
    const revealed = new Set<number | string>();
    const { permissions } = attachment.manifest();
    for (const effect of effects) {
      if (effect.type === 'post') {
        if (isReservedForBots(effect.body.type))
          return bad(`only the server may post ${printable(String(effect.body.type), 40)}`);
        if (effect.to !== undefined && !people.includes(effect.to))
          return bad('a private post must be addressed to a slot of this channel');
        if (effect.to !== undefined && !permissions.private_messages)
          return bad('the manifest does not declare private_messages');
      }
      const isAlone = event.kind === 'timer' || isBotPost(event);
      if (effect.type === 'timer_set' && isAlone && attachment.unattended >= MAX_UNATTENDED) {
        return bad(`timers end after ${MAX_UNATTENDED} of them without a message of a member`);
      }
      if (effect.type === 'timer_set') timers.add(effect.name);
      if (effect.type === 'timer_clear') timers.delete(effect.name);
      if (effect.type === 'reveal') {
        const target = await this.targetOf(tx, attachment, effects, effect.target);
        if (target === undefined || revealed.has(target)) {
          return bad('a bot can only reveal what was sealed to it or by it, and only once');
        }
        revealed.add(target);
      }
      if (effect.type === 'update_channel' && !permissions.update_channel) {
        return bad('the manifest does not declare update_channel');
      }
    }
    if (timers.size > DEFAULT_LIMITS.timers) return bad(`a bot has at most ${DEFAULT_LIMITS.timers} timers`);
    if (effects.filter(({ type }) => type === 'finish').length > 1) return bad('a round can be finished only once');
    return undefined;
  }

  /** `informed`: the run could know more than the log, because it used the network or had secrets. */
  async apply(
    tx: EntityManager,
    invocation: HookInvocation,
    effects: readonly Effect[],
    informed: boolean,
  ): Promise<AppliedEffects> {
    const applied: AppliedEffects = { outputs: [], sealed: {} };
    const committing = committingRun(invocation, effects, informed);
    for (const effect of effects) {
      if (effect.type === 'post') {
        const seq = await this.post(tx, invocation, effect, committing);
        applied.outputs.push(seq);
        if (effect.sealed) applied.sealed[effect.handle] = seq;
      }
      if (effect.type === 'reveal') await this.reveal(tx, invocation, applied.sealed[effect.target] ?? effect.target);
      if (effect.type === 'timer_set') await this.timers.set(tx, invocation.attachment, effect.name, effect.seconds);
      if (effect.type === 'timer_clear') await this.timers.clear(tx, invocation.attachment, effect.name);
    }
    if (effects.some(isCommitment)) await this.commitments.settle(tx, committing);
    return applied;
  }

  private async post(
    tx: EntityManager,
    { attachment, run, event }: HookInvocation,
    post: PostEffect,
    committing: CommittingRun,
  ): Promise<number> {
    const { channelId, botId } = attachment;
    const from = `bot:${botId}`;
    const marks = { bot_id: botId, state_version: post.state_version, ...(post.label && { label: post.label }) };
    const posted = withoutVerdicts(post.body);
    const verdict = posted.type === 'bot:reveal' && { [VERDICT]: await this.isKept(tx, committing, post, posted) };
    const kind = post.sealed ? 'sealed' : post.kind;
    const body = { ...posted, ...verdict, ...marks };
    const freeText = attachment.isQuoting();
    const { seq } = await this.log.append(tx, channelId, { kind, from, to: post.to, run, freeText, body }, event.seq);
    if (isCommitment(post)) await this.commitments.add(tx, committing, seq, body);
    return seq;
  }

  /** Whether a reveal opens a commitment of its bot. A sealed post opens none, because nobody can read it yet. */
  private async isKept(tx: EntityManager, committing: CommittingRun, { sealed, to }: PostEffect, reveal: JsonObject) {
    return !sealed && this.commitments.open(tx, committing, reveal, to === undefined);
  }

  private async reveal(tx: EntityManager, { attachment, run, event }: HookInvocation, target: number | string) {
    const entry = (await this.entryToReveal(tx, attachment, target)) as Entry;
    await this.history.reveal(tx, entry);
    const { channelId, botId } = attachment;
    const opening = JSON.parse(entry.opening) as JsonObject;
    const body = { type: 'revealed', msg_id: entry.seq, bot_id: botId, salt: entry.salt, opening };
    const freeText = entry.quarantined === true;
    const draft = { kind: 'system', from: 'system', run, refs: [entry.seq], freeText, body } as const;
    await this.log.append(tx, channelId, draft, event.seq);
  }

  /**
   * The entry that a reveal refers to: its `seq`, or the handle of a sealed post of this run, which has no `seq` yet.
   */
  private async targetOf(
    tx: EntityManager,
    attachment: Attachment,
    effects: readonly Effect[],
    target: number | string,
  ) {
    const isOfThisRun = effects.some((effect) => effect.type === 'post' && effect.sealed && effect.handle === target);
    return isOfThisRun ? target : (await this.entryToReveal(tx, attachment, target))?.seq;
  }

  private async entryToReveal(tx: EntityManager, { channelId, botId }: Attachment, target: number | string) {
    const seq = typeof target === 'number' ? target : await this.seqOf(tx, channelId, botId, target);
    const entry = seq === undefined ? null : await this.history.entry(tx, channelId, seq);
    const isIts = entry?.kind === 'sealed' && (entry.to === botId || entry.from === `bot:${botId}`);
    return isIts && !entry.revealed ? entry : undefined;
  }

  /** A bot refers to a sealed post of its own by a handle, `<run>:<index>`, because it does not know the `seq`. */
  private async seqOf(tx: EntityManager, channelId: string, botId: string, handle: string) {
    const run = Number(handle.split(':')[0]);
    if (!Number.isSafeInteger(run)) return undefined;
    const row = await tx.findOneBy(Run, { channelId, botId, run });
    return row?.sealed[handle];
  }
}

/** Only a post that everyone can read immediately is a commitment; a private or sealed one is not. */
const isCommitment = (effect: Effect): boolean =>
  effect.type === 'post' && !effect.sealed && effect.to === undefined && effect.body.type === 'bot:commit';

function committingRun(
  { attachment, run, event }: HookInvocation,
  effects: readonly Effect[],
  informed: boolean,
): CommittingRun {
  const { channelId, botId, round } = attachment;
  const endsRound = effects.some(({ type }) => type === 'finish');
  return { channelId, botId, run, round: endsRound ? round + 1 : round, event, informed };
}

const bad = (detail: string): RunError => ({ code: 'BAD_EFFECT', detail });
