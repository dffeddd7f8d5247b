import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, isoTime } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { Database } from '../platform/database/database.js';
import { AwaitedLeaf } from './log/awaited-leaf.entity.js';
import { type LeafFacts, otherLeafText } from './log/leaf-texts.js';
import { Signing } from './log/signing.js';

/** Adds what concerns the whole server to its log: decisions of moderators, and contests. */
@Injectable()
export class ServerRecord {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly signing: Signing,
  ) {}

  /** Adds a leaf in the write in which it happened. It gets its place in the log with the next checkpoints. */
  async add(tx: EntityManager, type: 'decision' | 'contest', about: LeafFacts) {
    const at = this.clock.now();
    await tx.insert(AwaitedLeaf, { id: newId('lf'), at, leaf: otherLeafText(type, { ...about, at: isoTime(at) }) });
    this.database.afterCommit(() => this.signing.schedule());
  }
}
