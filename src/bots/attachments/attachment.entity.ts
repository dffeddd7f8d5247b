import { isDeepStrictEqual } from 'node:util';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Program } from '../../../bot-sdk/bundle-hash.js';
import {
  type EventFilter,
  HOOKS,
  type Hook,
  type Json,
  type JsonObject,
  type Language,
  type Manifest,
} from '../../../bot-sdk/contract.js';
import { bigint } from '../../platform/database/columns.js';
import type { UntriedReason } from '../trials/trial-report.js';

/** A bot bound to a slot: the exact code, how far it has processed the log, and its state. */
@Entity('attachment')
@Index('ix_attachment_code', ['codeHash'])
export class Attachment {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @Column({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @Column({ type: 'varchar', length: 40 }) name!: string;
  @Column({ type: 'varchar', length: 32 }) version!: string;
  @Column({ type: 'varchar', length: 10 }) language!: Language;
  /** The preset that it came from; null for code that a caller sent. */
  @Column({ type: 'varchar', length: 40, nullable: true }) preset!: string | null;
  @Column({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ name: 'bundle_hash', type: 'varchar', length: 71 }) bundleHash!: string;
  /** The module that is executed: the source with its types stripped. */
  @Column({ type: 'text' }) executed!: string;
  @Column({ name: 'class_name', type: 'varchar', length: 100, default: '' }) className!: string;
  /** The npm packages that were bundled when it was attached: JSON of their sources by name. */
  @Column({ name: 'bundled', type: 'text', default: '{}' }) bundledJson!: string;
  /** Whether each of its hooks runs in a separate process. */
  @Column({ type: 'varchar', length: 6, default: 'shared' }) process!: 'shared' | 'fresh';
  /** Hash of the kit that `bundleHash` was made with. */
  @Column({ name: 'kit_hash', type: 'varchar', length: 71 }) kitHash!: string;
  @Column({ type: 'varchar', length: 120 }) engine!: string;
  @Column({ name: 'manifest_hash', type: 'varchar', length: 71 }) manifestHash!: string;
  /** Canonical JSON. */
  @Column({ name: 'manifest', type: 'text' }) manifestJson!: string;
  /** Canonical JSON. */
  @Column({ name: 'params', type: 'text' }) paramsJson!: string;
  /** Canonical JSON. */
  @Column({ name: 'state', type: 'text' }) stateJson!: string;
  @Column({ name: 'state_version', type: 'integer' }) stateVersion!: number;
  /** The `bot:attach` entry, which fires on_init. */
  @Column({ name: 'init_seq', type: 'integer' }) initSeq!: number;
  /** The newest entry that the bot has processed: its hook, if it fires one, is committed. */
  @Column({ type: 'integer' }) cursor!: number;
  @Column({ type: 'integer' }) runs!: number;
  @Column({ type: 'integer' }) round!: number;
  /** The number of timers that have fired since a member last posted. */
  @Column({ type: 'integer' }) unattended!: number;
  @Column({ name: 'attached_at', type: 'bigint', transformer: bigint }) attachedAt!: number;
  @Column({ name: 'removed_at', type: 'bigint', nullable: true, transformer: bigint }) removedAt!: number | null;
  /** Why an admin of the server stopped it; null if none did. It stays in its slot, so that everyone sees it. */
  @Column({ name: 'stopped_for', type: 'varchar', length: 20, nullable: true }) stoppedFor!: string | null;

  /** The account that attached it: its hooks take the turns of this account. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, default: '' }) accountId!: string;
  /** Points for recent time-outs of its hooks (strikes.ts). */
  @Column({ type: 'integer', default: 0 }) strikes!: number;

  /** When an admin of the channel paused it. Its hooks stay due until the pause ends. */
  @Column({ name: 'paused_at', type: 'bigint', nullable: true, transformer: bigint }) pausedAt!: number | null;

  /**
   * When its code was blocked while it refereed a contest: it continues until a second moderator agrees, or the round
   * is over.
   */
  @Column({ name: 'spared_at', type: 'bigint', nullable: true, transformer: bigint }) sparedAt!: number | null;

  /** When the channel was notified that the bot waits for an admin of the server. */
  @Column({ name: 'wait_told_at', type: 'bigint', nullable: true, transformer: bigint }) waitToldAt!: number | null;

  /**
   * JSON: the hooks that a trial has found. Null if it was not tried: for presets, and for bots attached before trials
   * existed.
   */
  @Column({ name: 'hooks', type: 'text', nullable: true }) hooksJson!: string | null;

  /** Why it was not tried yet; null if it was, and for presets. */
  @Column({ name: 'untried_for', type: 'varchar', length: 12, nullable: true }) untriedFor!: UntriedReason | null;

  program(): Program {
    const { language, executed, className } = this;
    return { language, executed, className, bundled: JSON.parse(this.bundledJson) };
  }

  manifest(): Manifest {
    return JSON.parse(this.manifestJson);
  }

  /** The hooks that are called. The hooks of a bot that is still to be tried are not known, so every hook is called. */
  hooks(): readonly Hook[] {
    if (this.hooksJson !== null) return JSON.parse(this.hooksJson);
    return this.untriedFor === null ? this.manifest().hooks : HOOKS;
  }

  /** The posts of other bots that fire its `on_event`; undefined if none do. */
  hears(): readonly EventFilter[] | undefined {
    return this.manifest().hears ?? (this.hooks().includes('on_event') ? [{}] : undefined);
  }

  params(): JsonObject {
    return JSON.parse(this.paramsJson);
  }

  /** Whether its posts may contain text of others. */
  isQuoting(): boolean {
    const { quotes } = this.manifest();
    if (typeof quotes !== 'object') return quotes === true;
    const params = this.params();
    return Object.entries(quotes).every(([name, value]) => isDeepStrictEqual(params[name], value));
  }

  state(): Json {
    return JSON.parse(this.stateJson);
  }
}
