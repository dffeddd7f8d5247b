import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { LessThanOrEqual, MoreThan } from 'typeorm';
import { inBackground } from '../../kernel/background.js';
import { Clock } from '../../kernel/clock.js';
import { Database } from './database.js';
import { ServerProcess } from './server-process.entity.js';
import { Signals } from './signals.js';

const RENEW_MS = 2_000;
/** A process that has not renewed its row for this long counts as dead. */
const ALIVE_MS = 6_000;

/**
 * The processes that use the database. When one dies, the others look for what it left: its last signals may not have
 * been sent. With SQLite there is one process, and nothing is stored.
 */
@Injectable()
export class Processes implements OnModuleInit, BeforeApplicationShutdown {
  readonly id = randomUUID();
  private aliveUntil = Number.POSITIVE_INFINITY;
  private timer?: NodeJS.Timeout;
  private readonly lookers: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly signals: Signals,
    private readonly clock: Clock,
  ) {
    signals.on('process-left', () => signals.missed());
  }

  /** Whether others still count this process as alive. */
  get isAlive(): boolean {
    return this.aliveUntil > this.clock.now();
  }

  /** Whether there can be other processes. */
  get areMany(): boolean {
    return this.signals.isShared;
  }

  /** Calls `look` every RENEW_MS, if there can be other processes. */
  onBeat(look: () => void) {
    this.lookers.push(look);
  }

  async onModuleInit() {
    if (!this.areMany) return;
    await this.renew();
    this.timer = setInterval(() => inBackground('renewing this process', this.beat()), RENEW_MS).unref();
  }

  /** The others need not wait until it counts as dead. */
  async beforeApplicationShutdown() {
    clearInterval(this.timer);
    if (!this.areMany) return;
    await this.database.write((tx) => tx.delete(ServerProcess, { id: this.id }));
    this.signals.send('process-left', this.id);
  }

  /** The processes that are alive. */
  async alive(): Promise<string[]> {
    const rows = await this.database.read.findBy(ServerProcess, { aliveUntil: MoreThan(this.clock.now()) });
    return rows.map(({ id }) => id);
  }

  private async beat() {
    await this.renew();
    const { affected } = await this.database.write((tx) =>
      tx.delete(ServerProcess, { aliveUntil: LessThanOrEqual(this.clock.now()) }),
    );
    if (affected) {
      this.signals.send('process-left', '');
      this.signals.missed();
    }
    for (const look of this.lookers) look();
  }

  private async renew() {
    const aliveUntil = this.clock.now() + ALIVE_MS;
    await this.database.write((tx) => tx.upsert(ServerProcess, { id: this.id, aliveUntil }, ['id']));
    this.aliveUntil = aliveUntil;
  }
}
