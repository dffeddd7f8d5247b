import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../../platform/database/database.js';
import { HealthChecks } from '../../platform/observability/health-checks.js';
import type { Log } from '../../platform/observability/logging.js';
import { LOG } from '../../platform/platform.module.js';
import { checkpointText } from '../notes/checkpoint.js';
import type { CompactRange } from '../tree/compact-range.js';
import { leafHashOf } from '../tree/merkle.js';
import { HeadFile } from './head-file.js';
import { keyLeaf, type NewLeaf } from './leaf-texts.js';
import { isRefusal, rolledBack } from './log-errors.js';
import { LogKeys } from './log-keys.js';
import { ServerLeaves } from './server-leaves.js';

/** Leaves to add, when those before them are known. */
type Choose = (tx: EntityManager) => Promise<NewLeaf[]>;

/** The tree as this process has seen it last: what the database has later must begin with it. */
interface Seen {
  readonly range: CompactRange;
  /** The text of the last leaf. */
  readonly last?: string;
  readonly vkey?: string;
}

/**
 * The server-wide log. One process appends at a time, and every head is kept in a file before anybody gets it. If the
 * database does not contain the newest kept head, nothing is signed.
 */
@Injectable()
export class ServerLog implements OnApplicationBootstrap {
  private seen?: Seen;
  private refusal?: string;

  constructor(
    private readonly database: Database,
    private readonly leaves: ServerLeaves,
    private readonly head: HeadFile,
    private readonly keys: LogKeys,
    healthChecks: HealthChecks,
    @Inject(LOG) private readonly log: Log,
  ) {
    healthChecks.add('signing', () => ({
      status: this.refusal ? `refused: ${this.refusal}` : 'ok',
      isWell: !this.refusal,
      isNeeded: false,
    }));
  }

  /** A database that was restored from an older copy is reported at once. */
  async onApplicationBootstrap() {
    await this.assertReady().catch((error) => {
      if (!isRefusal(error)) throw error;
    });
  }

  /**
   * Adds the leaves that `choose` gives, those that wait, and the keys that are new. Signs the new head and keeps it.
   * Throws LOG_ROLLED_BACK or LOG_CHANGED if the database is not what was signed. Returns the index of the first leaf of
   * `choose`.
   */
  append(choose: Choose): Promise<number> {
    return this.watched(async () => {
      const seen = await this.known();
      const { first, ...now } = await this.database.write((tx) => this.appended(tx, seen, choose), ONE_AT_A_TIME);
      this.seen = now;
      await this.head.advance(now.range);
      return first;
    });
  }

  /** Looks into the database if nothing was signed yet. Throws LOG_ROLLED_BACK if it is not what was signed. */
  async assertReady() {
    await this.watched(() => this.known());
  }

  /** Whether the last look at the database found what was signed. */
  get isSigning(): boolean {
    return this.refusal === undefined;
  }

  /** Throws LOG_ROLLED_BACK while nothing is signed. */
  assertSigns() {
    if (this.refusal) throw rolledBack(this.refusal);
  }

  /** The newest signed checkpoint of the server-wide log; undefined if none was signed with the key of today. */
  async checkpoint(): Promise<{ size: number; note: string } | undefined> {
    this.assertSigns();
    if (this.seen && this.seen.vkey !== this.keys.verifierKeys.at(-1)) return undefined;
    const found = await this.leaves.newestCheckpoint(this.database.read);
    const { range } = this.seen ?? {};
    // Another process may have signed it and not kept it yet.
    if (found && range && found.size > range.size) {
      await this.head.advance({ size: found.size, root: await this.leaves.tree.root(found.size) });
    }
    return found ?? undefined;
  }

  private async known(): Promise<Seen> {
    this.seen ??= await this.loaded(await this.leaves.size(this.database.read));
    return this.seen;
  }

  private async appended(tx: EntityManager, seen: Seen, choose: Choose): Promise<Seen & { first: number }> {
    const { range, last } = await this.caughtUp(tx, seen);
    const { keys, vkey } = await this.newKeys(tx, seen);
    const others = [...keys.leaves, ...(await this.leaves.takeAwaited(tx))];
    const first = range.size + others.length;
    const leaves = [...others, ...(await choose(tx))];
    if (!leaves.length) return { range, last, vkey, first };
    await this.leaves.add(tx, range.size, leaves);
    for (const { leaf } of leaves) range.append(leafHashOf(leaf));
    const text = checkpointText({ origin: this.keys.origin, size: range.size, root: range.root });
    await this.leaves.sign(tx, range.size, this.keys.sign(text, keys.signers));
    return { range, last: leaves.at(-1)?.leaf, vkey, first };
  }

  /** The tree with what other processes have added. Throws LOG_ROLLED_BACK if what was seen is not there any more. */
  private async caughtUp(tx: EntityManager, seen: Seen): Promise<Pick<Seen, 'range' | 'last'>> {
    const range = seen.range.copy();
    const kept = this.head.read();
    let last = seen.last;
    if (range.size > 0) {
      const [before] = await this.leaves.from(tx, range.size - 1, 1);
      if (before?.place !== range.size - 1 || before.leaf !== last) throw rolledBack(MISSING);
    }
    for (;;) {
      const more = await this.leaves.from(tx, range.size, PAGE);
      for (const { leaf, place } of more) {
        if (place !== range.size) throw rolledBack(MISSING);
        range.append(leafHashOf(leaf));
        if (kept?.size === range.size && !range.root.equals(kept.root)) throw rolledBack(OTHER);
        last = leaf;
      }
      if (more.length < PAGE) break;
    }
    if (kept && kept.size > range.size) throw rolledBack(MISSING);
    return { range, last };
  }

  /** The tree in the database, if it contains the newest head that was kept. */
  private async loaded(size: number): Promise<Seen> {
    const kept = this.head.read();
    if (kept && kept.size > size) throw rolledBack(MISSING);
    if (kept && !(await this.leaves.tree.root(kept.size)).equals(kept.root)) throw rolledBack(OTHER);
    const range = await this.leaves.tree.range(size);
    const [last] = size ? await this.leaves.from(this.database.read, size - 1, 1) : [];
    return { range, last: last?.leaf };
  }

  /** A key that the log does not have yet is published, and signs the checkpoint together with the one before it. */
  private async newKeys(tx: EntityManager, seen: Seen) {
    const all = this.keys.all;
    const vkey = all.at(-1)?.vkey;
    const signers = all.slice(-1);
    if (seen.vkey === vkey) return { vkey, keys: { leaves: [], signers } };
    const published = await this.leaves.newestKeyLeaf(tx);
    const at = published ? all.findIndex((key) => key.vkey === JSON.parse(published).vkey) : -1;
    const leaves = all.slice(at + 1).map((key, i) => keyLeaf(key.vkey, all[at + i]?.vkey));
    return { vkey, keys: { leaves, signers: all.slice(Math.max(0, at)) } };
  }

  /** Remembers and reports a refusal, until it works again. */
  private async watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      if (this.refusal) this.log.info('the log of the server is complete again: checkpoints are signed');
      this.refusal = undefined;
      return result;
    } catch (error) {
      this.seen = undefined;
      if (isRefusal(error)) this.refuse(error.detail ?? error.code);
      throw error;
    }
  }

  private refuse(detail: string) {
    if (this.refusal !== detail) this.log.error(`LOG_ROLLED_BACK: no checkpoint is signed: ${detail}. ${TO_DO}`);
    this.refusal = detail;
  }
}

/** The subject of the writes of the server-wide log: they take turns, also in several processes. */
const ONE_AT_A_TIME = 'server-log';
const PAGE = 500;

const MISSING = 'the database has fewer leaves of the server-wide log than log-head.json says';
const OTHER = 'the database has other leaves of the server-wide log than log-head.json says';
const TO_DO =
  'Restore the newest backup of the database (docs/operating.md, "Restoring a backup"). Channels continue without checkpoints.';
