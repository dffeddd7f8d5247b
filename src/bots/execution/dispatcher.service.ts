import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { inBackground } from '../../kernel/background.js';
import { EntryAppended } from '../../messaging/log.service.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { Runners } from '../../runtime/runners.js';
import { Attachments } from '../attachments/attachments.service.js';
import { BotCatchUp, type DispatchedBot } from './bot-catch-up.js';

/** After an exception ended a hook before it could be committed, its bot is tried again after this time. */
const RETRY_MS = 1_000;

/**
 * A bot for which there was no place to run is tried again after this time, or when something happens in its channel.
 */
const UNAVAILABLE_RETRY_MS = 10_000;

/** When the server stops, running hooks have this much time to finish. */
const LAST_HOOKS_MS = 3_000;

/**
 * Wakes the bots of a channel when something happens in it. Each bot runs one hook at a time, in log order; different
 * bots run in parallel. The log is the queue: after a crash a bot continues after its cursor.
 */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly loops = new Map<string, { again: boolean; done: Promise<void> }>();
  /** Channels that are about to be woken: several entries of one write wake their bots once. */
  private readonly woken = new Set<string>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly attachments: Attachments,
    private readonly catchUp: BotCatchUp,
    private readonly runners: Runners,
    @Inject(LOG) private readonly logger: Log,
    events: Events,
  ) {
    events.on(EntryAppended, async ({ entry: { channelId } }) => this.database.afterCommit(() => this.wake(channelId)));
  }

  /** Runs the hooks that were due when the server stopped or crashed. */
  async onApplicationBootstrap() {
    const channelIds = await this.attachments.channelsAtWork(this.database.read);
    inBackground('waking channels', this.wakeAll(channelIds));
  }

  onModuleDestroy() {
    this.stopping.abort();
  }

  /**
   * Running hooks may finish within LAST_HOOKS_MS. The runners stop all others, which run again after the next start.
   */
  async beforeApplicationShutdown() {
    const loops = Promise.all([...this.loops.values()].map(({ done }) => done));
    await Promise.race([loops, setTimeout(LAST_HOOKS_MS, undefined, { ref: false })]);
    await this.runners.close();
    await loops;
  }

  private get isStopping() {
    return this.stopping.signal.aborted;
  }

  /** One by one, so that a server with many channels answers requests while it starts. */
  private async wakeAll(channelIds: string[]) {
    for (const channelId of channelIds) {
      this.wake(channelId);
      await setImmediate();
    }
  }

  /** Runs the hooks that are due in a channel. */
  wake(channelId: string) {
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
        this.logger.error({ err: error, channel: channelId }, 'the bots of a channel could not be started');
        // Otherwise nothing might wake them, if nothing else happens in the channel.
        this.wakeLater(channelId, RETRY_MS);
      });
  }

  private wakeLater(channelId: string, ms: number) {
    globalThis.setTimeout(() => this.wake(channelId), ms).unref();
  }

  private start(bot: DispatchedBot) {
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

  private async loop(bot: DispatchedBot, key: string, loop: { again: boolean }) {
    while (loop.again && !this.isStopping) {
      loop.again = false;
      try {
        const outcome = await this.catchUp.run(bot, this.stopping.signal);
        if (outcome === 'unavailable') this.wakeLater(bot.channelId, UNAVAILABLE_RETRY_MS);
      } catch (error) {
        this.logger.error({ err: error, channel: bot.channelId, bot: bot.botId }, 'a hook could not be executed');
        await setTimeout(RETRY_MS, undefined, { ref: false });
        loop.again = true;
      }
    }
    // There is no await between the last check of `again` and this line, so no wake-up is lost.
    this.loops.delete(key);
  }
}
