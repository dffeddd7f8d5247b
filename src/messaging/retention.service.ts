import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LessThanOrEqual, MoreThan } from 'typeorm';
import { ChannelRetired, ChannelRetiring } from '../channels/channel.events.js';
import { type DueChannel, RetiredChannels } from '../channels/retired-channels.service.js';
import { reportFailure } from '../kernel/background.js';
import { Clock } from '../kernel/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events.js';
import type { Log } from '../platform/observability/logging.js';
import { LOG } from '../platform/platform.module.js';
import { Entry } from './entry.entity.js';
import { writeRetiredLog } from './retired-log.js';
import { SignedNonce } from './signed-nonce.entity.js';

const LOOK_MS = 3_600_000;
/** The number of entries per write, so that other writes do not wait long. */
const PAGE = 500;

/**
 * Retires channels that have been closed for RETAIN_DAYS: the log is written to a file in DATA_DIR/retired, and when
 * the file is safe, the channel is deleted. Open channels are never retired.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnModuleDestroy {
  private timer?: NodeJS.Timeout;
  private work: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly channels: RetiredChannels,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap() {
    if (!Number.isFinite(this.config.retainMs)) return;
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  /** A channel that is being retired is continued at the next start. */
  async onModuleDestroy() {
    this.isStopping = true;
    clearInterval(this.timer);
    await this.work;
  }

  private look() {
    this.work = this.work
      .then(() => this.database.alone('retiring closed channels', () => this.retireDue()))
      .catch((error) => reportFailure('looking for channels to retire', error));
  }

  /** A channel that fails is tried again next time and does not block others. */
  private async retireDue() {
    const closedBy = this.clock.now() - this.config.retainMs;
    for (let last: DueChannel | undefined; ; ) {
      const channel = await this.channels.due(this.database.read, closedBy, last);
      if (!channel || this.isStopping) return;
      await this.retire(channel).catch((error) =>
        reportFailure('retiring a closed channel', new RetiringError(channel, error)),
      );
      last = channel;
    }
  }

  private async retire(channel: DueChannel) {
    const { id, isMarked } = channel;
    // A marked channel already has its file, which must not be overwritten with the remaining data.
    if (!isMarked) {
      await writeRetiredLog(join(this.config.dataDir, 'retired'), id, this.linesOf(channel));
      await this.database.write((tx) => this.channels.mark(tx, channel, this.clock.now()), id);
    }
    for (let isMore = true; isMore && !this.isStopping; ) isMore = await this.deletePage(id);
    if (this.isStopping) return;
    await this.database.write(async (tx) => {
      await this.events.announce(new ChannelRetired(id), tx);
      await tx.delete(SignedNonce, { channelId: id });
      await this.channels.remove(tx, id);
    }, id);
    this.log.info({ channel: id }, 'a closed channel was retired');
  }

  private deletePage(channelId: string): Promise<boolean> {
    return this.database.write(async (tx) => {
      const [last] = await tx.find(Entry, {
        where: { channelId },
        select: { channelId: true, seq: true },
        order: { seq: 'ASC' },
        skip: PAGE - 1,
        take: 1,
      });
      await tx.delete(Entry, { channelId, ...(last && { seq: LessThanOrEqual(last.seq) }) });
      return last !== undefined;
    }, channelId);
  }

  private async *linesOf({ id, lastSeq }: DueChannel): AsyncGenerator<object> {
    yield* await this.channels.lines(this.database.read, id);
    for (let after = 0; after < lastSeq; ) {
      const page = await this.database.read.find(Entry, {
        where: { channelId: id, seq: MoreThan(after) },
        order: { seq: 'ASC' },
        take: PAGE,
      });
      for (const { header, salt, opening, leafHash } of page) {
        yield { type: 'entry', header: JSON.parse(header), salt, opening: JSON.parse(opening), leaf_hash: leafHash };
      }
      after = page.at(-1)?.seq ?? lastSeq;
    }
    const retiring = new ChannelRetiring(id);
    await this.events.announce(retiring, this.database.read);
    for (const lines of retiring.lines) yield* lines;
  }
}

/** Adds the channel to an error, for the log. */
class RetiringError extends Error {
  constructor({ id }: DueChannel, cause: unknown) {
    super(`the channel ${id} could not be retired`, { cause });
  }
}
