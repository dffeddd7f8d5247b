import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type EntityManager, IsNull, LessThanOrEqual } from 'typeorm';
import { onAccountOf } from '../../channels/storage/payer.js';
import { Clock } from '../../kernel/clock.js';
import { ChannelLog } from '../../messaging/log.service.js';
import { Database } from '../../platform/database/database.js';
import { Events } from '../../platform/events.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import type { Attachment } from '../attachments/attachment.entity.js';
import { BotReleased } from '../attachments/bot-released.js';
import { RoundVoided } from '../attachments/round-voided.js';
import { BotTimer } from './bot-timer.entity.js';
import { Heartbeat } from './heartbeat.entity.js';

/** The maximum error of a timer after a crash. */
const HEARTBEAT_MS = 5_000;
/** After a failure the due timers are examined again after this time. */
const RETRY_MS = 1_000;
/** The maximum delay of a timer of Node. */
const FAR_MS = 2_147_000_000;
const ALIVE = 'server';

/**
 * Timers of bots. When a timer is due, a hidden entry is logged, which fires on_timer in log order. Timers survive a
 * restart; a timer that was due while the server was down starts again with the time it had left when the server was
 * last alive.
 */
@Injectable()
export class Timers implements OnApplicationBootstrap, OnModuleDestroy {
  private next?: NodeJS.Timeout;
  private beat?: NodeJS.Timeout;
  private isStopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly log: ChannelLog,
    @Inject(LOG) private readonly logger: Log,
    events: Events,
  ) {
    events.on(BotReleased, (bot, tx) => this.clearAll(tx, bot));
    events.on(RoundVoided, (bot, tx) => this.clearAll(tx, bot));
  }

  async onApplicationBootstrap() {
    await this.database.write((tx) => this.restoreLostTime(tx));
    this.beat = setInterval(() => this.guard(this.database.write((tx) => this.rememberAlive(tx))), HEARTBEAT_MS);
    this.beat.unref();
    await this.schedule();
  }

  async onModuleDestroy() {
    this.isStopped = true;
    clearInterval(this.beat);
    clearTimeout(this.next);
    await this.database.write((tx) => this.rememberAlive(tx));
  }

  /**
   * Replaces a timer with the same name. It counts for the account that attached the bot, no matter who caused the hook
   * that sets it.
   */
  async set(tx: EntityManager, { channelId, botId, accountId }: Attachment, name: string, seconds: number) {
    const dueAt = this.clock.now() + Math.round(seconds * 1000);
    await tx.save(tx.create(BotTimer, { channelId, botId, name, dueAt, accountId, firedSeq: null }));
    this.database.afterCommit(() => this.guard(this.schedule()));
  }

  async clear(tx: EntityManager, { channelId, botId }: Attachment, name: string) {
    await tx.delete(BotTimer, { channelId, botId, name });
  }

  names(tx: EntityManager, { channelId, botId }: Attachment): Promise<BotTimer[]> {
    return tx.findBy(BotTimer, { channelId, botId });
  }

  /**
   * Whether the timer that fired at `firedSeq` is still valid: no hook before it in the log has cleared or replaced it.
   */
  stands(tx: EntityManager, { channelId, botId }: Attachment, firedSeq: number): Promise<boolean> {
    return tx.existsBy(BotTimer, { channelId, botId, firedSeq });
  }

  /** Deletes the timer whose firing is at `firedSeq`, within the write that commits its hook. */
  async take(tx: EntityManager, { channelId, botId }: Attachment, firedSeq: number) {
    await tx.delete(BotTimer, { channelId, botId, firedSeq });
  }

  private async clearAll(tx: EntityManager, { channelId, botId }: Pick<BotTimer, 'channelId' | 'botId'>) {
    await tx.delete(BotTimer, { channelId, botId });
  }

  /** Sets the timer of this process to the first one that is due. */
  async schedule() {
    const first = await this.database.read.findOne(BotTimer, {
      where: { firedSeq: IsNull() },
      order: { dueAt: 'ASC' },
    });
    clearTimeout(this.next);
    if (!first || this.isStopped) return;
    const wait = Math.min(FAR_MS, Math.max(0, first.dueAt - this.clock.now()));
    this.next = setTimeout(() => this.guard(this.fireDue().catch((error) => this.retry(error))), wait);
    this.next.unref();
  }

  private async fireDue() {
    const due = await this.database.read.find(BotTimer, {
      where: { firedSeq: IsNull(), dueAt: LessThanOrEqual(this.clock.now()) },
      order: { dueAt: 'ASC' },
      take: 100,
    });
    const fired = await Promise.allSettled(
      due.map((timer) =>
        onAccountOf(timer.accountId, () => this.database.write((tx) => this.fire(tx, timer), timer.channelId)),
      ),
    );
    const failure = fired.find((each) => each.status === 'rejected');
    if (failure) throw failure.reason;
    await this.schedule();
  }

  private async fire(tx: EntityManager, { channelId, botId, name, dueAt }: BotTimer) {
    const unfired = { channelId, botId, name, dueAt, firedSeq: IsNull() };
    if (!(await tx.existsBy(BotTimer, unfired))) return;
    const draft = { kind: 'timer', from: 'system', to: botId, body: { name } } as const;
    const { seq } = await this.log.append(tx, channelId, draft);
    await tx.update(BotTimer, unfired, { firedSeq: seq });
  }

  private async restoreLostTime(tx: EntityManager) {
    const now = this.clock.now();
    const alive = await tx.findOneBy(Heartbeat, { id: ALIVE });
    const overdue = await tx.findBy(BotTimer, { firedSeq: IsNull(), dueAt: LessThanOrEqual(now) });
    for (const { channelId, botId, name, dueAt } of overdue) {
      const remainingMs = alive ? Math.max(0, dueAt - alive.at) : 0;
      await tx.update(BotTimer, { channelId, botId, name }, { dueAt: now + remainingMs });
    }
    await this.rememberAlive(tx);
  }

  private async rememberAlive(tx: EntityManager) {
    await tx.save(tx.create(Heartbeat, { id: ALIVE, at: this.clock.now() }));
  }

  /** After a failure all due timers are tried again, so that one failing timer does not block the others. */
  private async retry(error: unknown) {
    this.logger.error({ err: error }, 'timers could not be fired');
    await setTimeoutPromise(RETRY_MS, undefined, { ref: false });
    await this.schedule();
  }

  private guard(work: Promise<unknown>) {
    work.catch((error) => this.logger.error({ err: error }, 'a timer could not be executed'));
  }
}
