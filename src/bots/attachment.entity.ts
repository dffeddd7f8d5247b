import { isDeepStrictEqual } from 'node:util';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Program } from '../../bot-sdk/bundle-hash.js';
import type { Json, JsonObject, Language, Manifest } from '../../bot-sdk/contract.js';
import { bigint } from '../platform/columns.js';

/** A bot bound to a slot: the code it is pinned to, how far it has heard the log, and what it remembers. */
@Entity('attachment')
@Index('ix_attachment_code', ['codeHash'])
export class Attachment {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'bot_id', type: 'varchar', length: 64 }) botId!: string;
  @Column({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @Column({ type: 'varchar', length: 40 }) name!: string;
  @Column({ type: 'varchar', length: 32 }) version!: string;
  @Column({ type: 'varchar', length: 10 }) language!: Language;
  /** Whose folder in bot-presets it came from; null for code that was sent along. */
  @Column({ type: 'varchar', length: 40, nullable: true }) preset!: string | null;
  @Column({ name: 'code_hash', type: 'varchar', length: 71 }) codeHash!: string;
  @Column({ name: 'bundle_hash', type: 'varchar', length: 71 }) bundleHash!: string;
  /** The module that is executed: the source with its types stripped. */
  @Column({ type: 'text' }) executed!: string;
  @Column({ name: 'class_name', type: 'varchar', length: 100, default: '' }) className!: string;
  /** The npm packages that were bundled at attach: JSON of source by name. */
  @Column({ name: 'bundled', type: 'text', default: '{}' }) bundledJson!: string;
  /** Whether its hooks share a process or get a fresh one each. */
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
  /** The newest entry whose hook has had its effect. */
  @Column({ type: 'integer' }) cursor!: number;
  @Column({ type: 'integer' }) runs!: number;
  @Column({ type: 'integer' }) round!: number;
  /** How many timers have fired since a member was last heard. */
  @Column({ type: 'integer' }) unattended!: number;
  @Column({ name: 'attached_at', type: 'bigint', transformer: bigint }) attachedAt!: number;
  @Column({ name: 'removed_at', type: 'bigint', nullable: true, transformer: bigint }) removedAt!: number | null;
  /** Why an admin of the server stopped it; null where none did. It stays in its slot, so that everyone sees it. */
  @Column({ name: 'stopped_for', type: 'varchar', length: 20, nullable: true }) stoppedFor!: string | null;

  /** Who attached it: on whose account its hooks take their turns. */
  @Column({ name: 'account_id', type: 'varchar', length: 40, default: '' }) accountId!: string;
  /** How often its hooks timed out lately. */
  @Column({ type: 'integer', default: 0 }) strikes!: number;

  /** When an admin of the channel paused it: its hooks stay in the log until it goes on. */
  @Column({ name: 'paused_at', type: 'bigint', nullable: true, transformer: bigint }) pausedAt!: number | null;

  /** When its code was blocked while it refereed a contest: it goes on until a second moderator agrees, or the round is over. */
  @Column({ name: 'spared_at', type: 'bigint', nullable: true, transformer: bigint }) sparedAt!: number | null;

  /** When the channel was told that it waits for an admin of the server. */
  @Column({ name: 'wait_told_at', type: 'bigint', nullable: true, transformer: bigint }) waitToldAt!: number | null;

  program(): Program {
    const { language, executed, className } = this;
    return { language, executed, className, bundled: JSON.parse(this.bundledJson) };
  }

  manifest(): Manifest {
    return JSON.parse(this.manifestJson);
  }

  params(): JsonObject {
    return JSON.parse(this.paramsJson);
  }

  /** Whether what it says may hold words of others. */
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
