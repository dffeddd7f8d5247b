import { Injectable } from '@nestjs/common';
import type { Hook, JsonObject } from '../../../bot-sdk/contract.js';
import type { ChannelStanding } from '../../channels/channel-access.service.js';
import { assertTakesText } from '../../channels/channel-mode.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/errors.js';
import { readBody } from '../../messaging/message-body.js';
import { Attachment } from '../attachments/attachment.entity.js';
import type { EmitHook, TogglePause } from './debug-payloads.js';
import { DebugRecords } from './debug-records.js';
import { assertAttached, assertWithoutSecrets, DebugSessions, type DebugTarget } from './debug-sessions.js';

/** Lets admins of a channel call a hook of a bot, and pause the bot (emit_hook, toggle_pause). */
@Injectable()
export class HookDebugging {
  constructor(
    private readonly sessions: DebugSessions,
    private readonly records: DebugRecords,
    private readonly clock: Clock,
  ) {}

  /** The entry itself fires the hook, in log order. So the hook also runs after a crash, and anyone can repeat it. */
  emit(target: DebugTarget, { hook, body, name }: EmitHook, caller: Caller) {
    const change = { action: 'emit_hook', restartsBot: hook === 'on_init' } as const;
    return this.sessions.change(change, target, caller, async (session) => {
      const { attachment, standing, mask } = session;
      assertTakesText(standing.channel.mode);
      assertAttached(attachment);
      const hooks = [...attachment.hooks()];
      if (!hooks.includes(hook))
        throw new DomainError('INVALID_REQUEST', `payload: the bot has no hook ${hook}`, { hooks });
      const input = inputOf(hook, standing, body, name);
      assertWithoutSecrets(mask, input);
      return this.records.record(session, 'emit_hook', { hook, ...input });
    });
  }

  /**
   * Ending a pause does not affect the players: the bot then runs every hook that became due during it, in log order.
   */
  pause(target: DebugTarget, { paused }: TogglePause, caller: Caller) {
    const isHarmless = ({ pausedAt }: Attachment) => pausedAt !== null;
    return this.sessions.change({ action: 'toggle_pause', isHarmless }, target, caller, async (session) => {
      const { tx, attachment } = session;
      const { channelId, botId } = attachment;
      assertAttached(attachment);
      const isPaused = paused ?? attachment.pausedAt === null;
      attachment.pausedAt = isPaused ? (attachment.pausedAt ?? this.clock.now()) : null;
      await tx.update(Attachment, { channelId, botId }, { pausedAt: attachment.pausedAt });
      return this.records.record(session, 'toggle_pause', { paused: isPaused });
    });
  }
}

/**
 * The arguments of the hook. An admin can call it only from their own seat, so that nobody moves for another player.
 */
function inputOf(hook: Hook, { seat: from }: ChannelStanding, body: unknown, name: string | undefined): JsonObject {
  const player = from?.role === 'player' ? from : undefined;
  const seat = player?.slotId;
  if (hook === 'on_init') return {};
  if (hook === 'on_timer') {
    if (name === undefined) throw new DomainError('INVALID_REQUEST', 'payload: on_timer needs the field name');
    return { name };
  }
  if (player?.requireSig)
    throw new DomainError('SIGNATURE_REQUIRED', 'cannot emit for a seat that requires signatures');
  if (hook === 'on_join' || hook === 'on_leave') {
    if (!seat)
      throw new DomainError('INVALID_REQUEST', `payload: ${hook} uses your own seat, and you have no seat here`);
    return { player: seat };
  }
  return { sender: seat ?? 'creator', body: readBody(body ?? '') };
}
