import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import type { HookCall } from '../../bot-sdk/contract.js';
import { BotRoster } from '../channels/bot-roster.js';
import { inBackground } from '../kernel/background.js';
import type { Entry } from '../messaging/entry.entity.js';
import { History } from '../messaging/history.js';
import { EntryAppended } from '../messaging/log.service.js';
import { Replies } from '../messaging/replies.js';
import { Database } from '../platform/database.js';
import { Events } from '../platform/events.js';
import type { Log } from '../platform/logging.js';
import { LOG } from '../platform/platform.module.js';
import { Runners } from '../runtime/runners.js';
import type { Attachment } from './attachment.entity.js';
import { Attachments } from './attachments.service.js';
import { Chains } from './chains.js';
import { hookCallOf, mayFire } from './hooks.js';
import { Verdicts } from './moderation/verdicts.service.js';
import { Progress } from './progress.js';
import { type Performance, Runs } from './runs.service.js';
import { Timers } from './timers.service.js';

/** A bot whose hook could not even be committed is tried again this much later. */
const RETRY_MS = 1_000;

/** A bot that no sandbox could be had for is tried again this much later, or when something happens in its channel. */
const NOWHERE_MS = 10_000;

/** A stop waits this long for hooks that run. */
const LAST_HOOKS_MS = 3_000;
const MOST_ATTEMPTS = 3;

interface Due {
  readonly event: Entry;
  readonly call: HookCall;
  /** Bots have answered one another long enough: it is told, and not run. */
  readonly isRefused?: boolean;
}

type Bot = Pick<Attachment, 'channelId' | 'botId'>;

/**
 * Brings every bot up to date with its log: one hook at a time per attachment, in log order, attachments beside one
 * another. The log is the queue: after a crash a bot goes on behind its cursor.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly loops = new Map<string, { again: boolean; done: Promise<void> }>();
  private readonly progress = new Progress();
  /** Channels about to be looked at: the entries of one write wake their bots once. */
  private readonly woken = new Set<string>();
  private readonly attempts = new Map<string, number>();
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly history: History,
    private readonly chains: Chains,
    private readonly runs: Runs,
    private readonly runners: Runners,
    private readonly timers: Timers,
    private readonly verdicts: Verdicts,
    @Inject(LOG) private readonly logger: Log,
    events: Events,
    replies: Replies,
    roster: BotRoster,
  ) {
    events.on(EntryAppended, async ({ entry: { channelId } }) => this.database.afterCommit(() => this.wake(channelId)));
    replies.toldBy((channelId, seq, signal) => this.settled(channelId, seq, signal));
    roster.settledBy((channelId, signal) => this.caughtUp(channelId, signal));
  }

  /** Hooks that a stop or a crash left over. */
  async onApplicationBootstrap() {
    const channelIds = await this.attachments.channelsAtWork(this.database.read);
    inBackground('waking channels', this.wakeAll(channelIds));
  }

  /** Who waits for an answer gets what there is. */
  onModuleDestroy() {
    this.isStopping = true;
    this.progress.tellAll();
  }

  /** A hook that runs may end, if it is quick about it; all others wait for the next start, which runs them anew. */
  async beforeApplicationShutdown() {
    const loops = Promise.all([...this.loops.values()].map(({ done }) => done));
    await Promise.race([loops, setTimeout(LAST_HOOKS_MS, undefined, { ref: false })]);
    await this.runners.close();
    await loops;
  }

  /** Resolves when every bot of the channel has dealt with the entry, the signal is aborted, or the server stops. */
  async settled(channelId: string, seq: number, signal: AbortSignal) {
    while (!signal.aborted && !this.isStopping) {
      const moved = this.progress.next(channelId, signal);
      try {
        const bots = await this.attachments.atWorkIn(this.database.read, channelId);
        if (bots.every((bot) => this.progress.isHeld(bot) || Math.max(bot.cursor, this.progress.of(bot)) >= seq))
          return;
        await moved.arrived;
      } finally {
        moved.cancel();
      }
    }
  }

  private async caughtUp(channelId: string, signal: AbortSignal) {
    await this.settled(channelId, await this.history.head(this.database.read, channelId), signal);
  }

  /** A few at a time, so that a start with many channels still answers at once. */
  private async wakeAll(channelIds: string[]) {
    for (const channelId of channelIds) {
      this.wake(channelId);
      await setImmediate();
    }
  }

  private wake(channelId: string) {
    if (this.isStopping || this.woken.has(channelId)) return;
    this.woken.add(channelId);
    Promise.resolve()
      .then(() => {
        this.woken.delete(channelId);
        return this.attachments.atWorkIn(this.database.read, channelId);
      })
      .then((bots) => {
        for (const bot of bots) this.start(bot);
      })
      .catch((error) => {
        this.logger.error({ err: error, channel: channelId }, 'the bots of a channel could not be woken');
        // Nothing else may happen there that would wake them.
        globalThis.setTimeout(() => this.wake(channelId), RETRY_MS).unref();
      });
  }

  private start(bot: Bot) {
    const key = `${bot.channelId} ${bot.botId}`;
    const running = this.loops.get(key);
    if (running) {
      running.again = true;
      return;
    }
    const loop = { again: true, done: Promise.resolve() };
    this.loops.set(key, loop);
    loop.done = this.loop(bot, key, loop);
  }

  private async loop(bot: Bot, key: string, loop: { again: boolean }) {
    while (loop.again && !this.isStopping) {
      loop.again = false;
      try {
        await this.catchUp(bot);
      } catch (error) {
        this.logger.error({ err: error, channel: bot.channelId, bot: bot.botId }, 'a hook could not be served');
        await setTimeout(RETRY_MS, undefined, { ref: false });
        loop.again = true;
      }
    }
    // In the same breath as the last look at `again`, so that no wake-up is lost between the two.
    this.loops.delete(key);
  }

  private async catchUp({ channelId, botId }: Bot) {
    while (!this.isStopping) {
      const attachment = await this.attachments.find(this.database.read, channelId, botId);
      if (!attachment || attachment.removedAt !== null) return this.progress.gone({ channelId, botId });
      if (attachment.pausedAt !== null) return this.progress.hold(attachment);
      const { due, upTo } = await this.nextDue(attachment);
      if (due && !(await this.verdicts.mayRun(this.database.read, attachment))) return this.progress.hold(attachment);
      this.progress.resume(attachment);
      const outcome = due ? await this.perform(attachment, due) : 'done';
      if (outcome === 'nowhere') return this.tryLater(attachment);
      if (outcome === 'overtaken') continue;
      this.progress.reached(attachment, upTo);
      if (!due) return;
    }
  }

  /** A hook whose effects cannot be committed is tried again, and given up as an entry rather than for ever. */
  private async perform(attachment: Attachment, { event, call, isRefused }: Due): Promise<Performance> {
    const key = `${attachment.channelId} ${attachment.botId} ${event.seq}`;
    const attempt = (this.attempts.get(key) ?? 0) + 1;
    this.attempts.set(key, attempt);
    const outcome = isRefused
      ? await this.runs.refuse(attachment, event, call)
      : attempt <= MOST_ATTEMPTS
        ? await this.runs.perform(attachment, event, call, () => this.isStopping)
        : await this.runs.giveUp(attachment, event, call);
    this.attempts.delete(key);
    return outcome;
  }

  /** There is nowhere to run the bot. Its hooks stay in the log, and nobody waits for it meanwhile. */
  private tryLater(attachment: Attachment) {
    this.progress.hold(attachment);
    globalThis.setTimeout(() => this.wake(attachment.channelId), NOWHERE_MS).unref();
  }

  /** The first entry behind the bot's cursor that fires a hook it has, or how far there is none. */
  private async nextDue(attachment: Attachment): Promise<{ due?: Due; upTo: number }> {
    const tx = this.database.read;
    const { channelId, botId, cursor } = attachment;
    const { hooks, hears } = attachment.manifest();
    const listener = { channelId, botId, hearsBots: hears !== undefined };
    const end = await this.history.head(tx, channelId);
    let after = Math.max(cursor, this.progress.of(attachment));
    for (;;) {
      const heard = await this.history.heardBy(tx, listener, after, end, 50);
      for (const head of heard) {
        const event = mayFire(head, attachment, hooks) && (await this.history.entry(tx, channelId, head.seq));
        const call = event && hookCallOf(event, attachment);
        if (!call || !hooks.includes(call.hook)) continue;
        if (event.kind === 'timer' && !(await this.timers.stands(tx, attachment, event.seq))) continue;
        const verdict = call.hook === 'on_event' ? await this.chains.verdict(tx, event) : 'run';
        if (verdict === 'pass over') continue;
        return { due: { event, call, isRefused: verdict === 'refuse' }, upTo: event.seq };
      }
      const last = heard.at(-1);
      if (heard.length < 50 || !last) return { upTo: end };
      after = last.seq;
    }
  }
}
