import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import { DEFAULT_LIMITS, type Hook, type Json, type JsonObject } from '../../../bot-sdk/contract.js';
import { byteLength, NotJson, plainJson } from '../../../bot-sdk/plain-json.js';
import { Access, type Standing } from '../../channels/access.service.js';
import { ChangeGuard } from '../../channels/change-guard.js';
import { mustTakeText } from '../../channels/channel-mode.js';
import { seatToPass } from '../../channels/own-seats.js';
import { Storage } from '../../channels/storage/storage.service.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError, printable } from '../../kernel/errors.js';
import { History } from '../../messaging/history.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { messageView } from '../../messaging/message.view.js';
import { readBody } from '../../messaging/message-body.js';
import { Database } from '../../platform/database.js';
import { Attachment } from '../attachment.entity.js';
import { Attachments } from '../attachments.service.js';
import { DEBUG } from '../hooks.js';
import { actorOf } from '../play/fair-play.service.js';
import { Plays } from '../play/plays.service.js';
import { Rounds } from '../rounds.service.js';
import { BotSecrets } from '../secrets/bot-secrets.service.js';
import type { SecretMask } from '../secrets/secret-mask.js';
import { BotLogs } from './bot-logs.service.js';
import type { DebugAction, EmitHook, ReplaceState, TailLogs, TogglePause } from './debug-payloads.js';
import { publicStateOf, stateCommitment } from './public-state.js';

export interface Target {
  readonly channelId: string;
  readonly botId?: string;
  readonly slotId?: string;
  /** From which of their own seats somebody acts, where they hold several. */
  readonly seat?: string;
}

/** A bot under somebody's hands, within the write in which they are laid on it. */
interface Session {
  readonly tx: EntityManager;
  readonly attachment: Attachment;
  readonly standing: Standing;
  /** Of the secrets of the bot, where they can be opened. */
  readonly mask: SecretMask | undefined;
}

/** What is known of an action before it is done. */
interface Traits {
  /** It changes nothing for those who play. */
  readonly isHarmless?: (attachment: Attachment) => boolean;
  /** It says itself with what the bot begins anew. */
  readonly isInit?: boolean;
  /** Throws where it cannot be done, before anything is. */
  readonly check?: (attachment: Attachment) => void;
}

/** So much of what a bot printed fits into an entry that shares it. */
const SHARED_BYTES = 49_152;
const TAILED_RUNS = 20;

/** What admins of a channel do to its bots by hand. Each time is an entry of the log, which says who and what, in one write. */
@Injectable()
export class Debugging {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly access: Access,
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly log: ChannelLog,
    private readonly logs: BotLogs,
    private readonly rounds: Rounds,
    private readonly secrets: BotSecrets,
    private readonly plays: Plays,
    private readonly rules: ChangeGuard,
    private readonly storage: Storage,
  ) {}

  inspect(target: Target, caller: Caller) {
    return this.session(target, caller, async (session) => {
      const { tx, attachment, mask, standing } = session;
      // Its state may hold words of members, which are read one message at a time.
      const isKeptBack = standing.channel.mode !== 'open' && attachment.isQuoting();
      const shown = isKeptBack ? undefined : publicStateOf(attachment);
      const posted = await this.history.lastSaid(tx, attachment.channelId, `bot:${attachment.botId}`, 'bot:state');
      return {
        ...(await this.record(session, 'inspect_state')),
        state_commit: await this.commitment(tx, attachment, attachment.stateJson),
        ...(shown !== undefined && mask && { state_public: mask.masked(shown) }),
        ...(posted && { posted_state: { ...messageView(posted).body, msg_id: posted.seq } }),
      };
    });
  }

  replace(target: Target, { state: given, expected_version: expected }: ReplaceState, caller: Caller) {
    const state = readState(given);
    const assertCurrent = ({ stateVersion }: Attachment) => {
      if (expected === undefined || expected === stateVersion) return;
      throw new DomainError('STALE_STATE', `the state is at version ${stateVersion}`, { state_version: stateVersion });
    };
    return this.change('replace_state', target, caller, { isInit: true, check: assertCurrent }, async (session) => {
      const { tx, attachment, standing, mask } = session;
      const { channelId, botId, stateVersion } = attachment;
      mustTakeText(standing.channel.mode);
      mustBeAtWork(attachment);
      assertWithoutSecrets(mask, state);
      const { stateBytes } = { ...DEFAULT_LIMITS, ...attachment.manifest().limits };
      if (byteLength(state) > stateBytes) throw new DomainError('BODY_TOO_LARGE', undefined, { limit: stateBytes });
      const before = await this.commitment(tx, attachment, attachment.stateJson);
      attachment.stateJson = canonicalJson(state);
      attachment.stateVersion = stateVersion + 1;
      const { stateJson } = attachment;
      await tx.update(Attachment, { channelId, botId }, { stateJson, stateVersion: attachment.stateVersion });
      const hashes = { before, after: await this.commitment(tx, attachment, stateJson) };
      return {
        ...(await this.record(session, 'replace_state', { ...hashes, state_version: stateVersion + 1 })),
        ...hashes,
      };
    });
  }

  /** The entry itself fires the hook, in its turn: so the run is due after a crash, and can be run again by anyone. */
  emit(target: Target, { hook, body, name }: EmitHook, caller: Caller) {
    return this.change('emit_hook', target, caller, { isInit: hook === 'on_init' }, async (session) => {
      const { attachment, standing, mask } = session;
      mustTakeText(standing.channel.mode);
      mustBeAtWork(attachment);
      const { hooks } = attachment.manifest();
      if (!hooks.includes(hook)) throw new DomainError('INVALID_REQUEST', `payload: the bot has no ${hook}`, { hooks });
      const told = tellingOf(hook, standing, body, name);
      assertWithoutSecrets(mask, told);
      return this.record(session, 'emit_hook', { hook, ...told });
    });
  }

  /** Going on is no change: the bot then hears all that it has not heard yet, in its order. */
  pause(target: Target, { paused }: TogglePause, caller: Caller) {
    const isPausedAlready = ({ pausedAt }: Attachment) => pausedAt !== null;
    return this.change('toggle_pause', target, caller, { isHarmless: isPausedAlready }, async (session) => {
      const { tx, attachment } = session;
      const { channelId, botId } = attachment;
      mustBeAtWork(attachment);
      const isPaused = paused ?? attachment.pausedAt === null;
      attachment.pausedAt = isPaused ? (attachment.pausedAt ?? this.clock.now()) : null;
      await tx.update(Attachment, { channelId, botId }, { pausedAt: attachment.pausedAt });
      return this.record(session, 'toggle_pause', { paused: isPaused });
    });
  }

  tail(target: Target, { runs = TAILED_RUNS, share = false }: TailLogs, caller: Caller) {
    return this.session(target, caller, async (session) => {
      const { tx, attachment } = session;
      // What a bot prints can hold what is hidden until its round is over.
      const closedFrom = await this.plays.closedFrom(tx, attachment, caller.accountId);
      // Who was shown nothing of this round knows nothing of it.
      if (closedFrom === undefined) await this.rounds.peek(tx, attachment, attachment.round, caller.accountId);
      const kept = await this.logs.tail(tx, attachment, runs, closedFrom);
      const logs = kept.map(({ run, lines }) => ({ run, lines }));
      return {
        ...(await this.record(session, 'tail_logs', share ? { logs: newestOf(logs) } : {})),
        logs,
        ...(closedFrom !== undefined && { closed_from_run: closedFrom }),
      };
    });
  }

  /** What is more than looking: a round in play is void first, and in a contest it is not done at all. */
  private change<T>(
    action: DebugAction,
    target: Target,
    caller: Caller,
    { isHarmless = () => false, isInit = false, check = () => {} }: Traits,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    return this.database.write(async (tx) => {
      const { standing, attachment } = await this.find(tx, target, caller);
      check(attachment);
      const reach = isHarmless(attachment) ? 'nothing' : 'bot';
      const change = { op: `debug_bot:${action}`, reach, isInit, slotId: attachment.slotId } as const;
      return this.rules.around(tx, standing, change, async () => work(await this.open(tx, target, caller)));
    });
  }

  private session<T>(target: Target, caller: Caller, work: (session: Session) => Promise<T>): Promise<T> {
    return this.database.write(async (tx) => work(await this.open(tx, target, caller)));
  }

  private async open(tx: EntityManager, target: Target, caller: Caller): Promise<Session> {
    const { standing, attachment } = await this.find(tx, target, caller);
    const mask = await this.secrets.maskOf(tx, attachment);
    return { tx, attachment, standing, mask };
  }

  private async find(tx: EntityManager, target: Target, caller: Caller) {
    const standing = await this.access.standing(tx, target.channelId, caller, target.seat);
    if (!standing.isAdmin) throw new DomainError('NOT_ADMIN');
    standing.channel.mustBeOpen();
    const attachment = await this.attachments.find(tx, target.channelId, botIdOf(target, standing));
    if (!attachment) throw new DomainError('BOT_NOT_FOUND');
    return { standing, attachment };
  }

  /** Says in the log what was done, and answers with what is always answered. */
  private async record({ tx, attachment, standing }: Session, action: DebugAction, facts: JsonObject = {}) {
    const { channelId, botId: bot_id, slotId: slot_id, stateVersion: state_version, pausedAt } = attachment;
    const body = { type: DEBUG, action, by: actorOf(standing), bot_id, slot_id, ...facts };
    const bytes = Buffer.byteLength(JSON.stringify(body));
    await this.storage.assertMaySay(tx, channelId, standing.caller.accountId, bytes);
    const { seq } = await this.log.append(tx, channelId, { kind: 'system', from: 'system', body });
    const hint = seatToPass(standing);
    return { msg_id: seq, action, bot_id, slot_id, state_version, paused: pausedAt !== null, ...hint };
  }

  private async commitment(tx: EntityManager, attachment: Attachment, stateJson: string) {
    return stateCommitment(stateJson, await this.rounds.seed(tx, attachment, attachment.round));
  }
}

function botIdOf({ botId, slotId }: Target, { slots }: Standing): string {
  if (slotId === undefined && botId === undefined) {
    throw new DomainError('INVALID_REQUEST', 'bot_id or slot_id is needed');
  }
  if (slotId === undefined) return botId as string;
  const slot = slots.find((each) => each.slotId === slotId);
  if (!slot) throw new DomainError('SLOT_NOT_FOUND');
  if (!slot.botId || (botId !== undefined && botId !== slot.botId)) throw new DomainError('BOT_NOT_FOUND');
  return slot.botId;
}

function mustBeAtWork({ removedAt }: Attachment) {
  if (removedAt !== null) throw new DomainError('BOT_NOT_FOUND');
}

/** What an admin gives is said to everyone or kept in the open. Which secret it was is not told. */
function assertWithoutSecrets(mask: SecretMask | undefined, value: Json) {
  if (mask?.finds(value)) throw new DomainError('INVALID_REQUEST', 'payload holds a secret of the bot');
}

/** What the hook is called with. Whoever asks for it speaks for nobody else: a hook is no way to play another's move. */
function tellingOf(hook: Hook, { seat: from }: Standing, body: unknown, name: string | undefined): JsonObject {
  const player = from?.role === 'player' ? from : undefined;
  const seat = player?.slotId;
  if (hook === 'on_init') return {};
  if (hook === 'on_timer') {
    if (name === undefined) throw new DomainError('INVALID_REQUEST', 'payload: on_timer needs name');
    return { name };
  }
  if (player?.requireSig) throw new DomainError('SIGNATURE_REQUIRED', 'nothing is put into the mouth of such a seat');
  if (hook === 'on_join' || hook === 'on_leave') {
    if (!seat) throw new DomainError('INVALID_REQUEST', `payload: ${hook} is about your own seat, and you have none`);
    return { player: seat };
  }
  return { sender: seat ?? 'creator', body: readBody(body ?? '') };
}

function readState(given: unknown): Json {
  try {
    return plainJson(given, 'payload.state');
  } catch (error) {
    if (error instanceof NotJson) throw new DomainError('INVALID_REQUEST', printable(error.message));
    throw error;
  }
}

/** As many whole runs, from the newest back, as an entry has room for. */
function newestOf(logs: { run: number; lines: string[] }[]) {
  let bytes = 0;
  const tooMuch = logs.findLastIndex((log) => {
    bytes += Buffer.byteLength(JSON.stringify(log));
    return bytes > SHARED_BYTES;
  });
  return logs.slice(tooMuch + 1);
}
