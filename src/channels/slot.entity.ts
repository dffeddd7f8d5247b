import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Caller } from '../kernel/caller.js';
import { bigint } from '../platform/database/columns.js';

export type SlotKind = 'bot' | 'invite' | 'observe';
export type Role = 'referee' | 'player' | 'observer';
const ROLES: Record<SlotKind, Role> = { bot: 'referee', invite: 'player', observe: 'observer' };

/** A place in a channel. A slot that is held is a seat: it belongs to an account and is used by one of its sessions. */
@Entity('slot')
@Index('ix_slot_account', ['accountId'])
@Index('ix_slot_rejoin', ['rejoinHash'])
export class Slot {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 40 }) channelId!: string;
  @PrimaryColumn({ name: 'slot_id', type: 'varchar', length: 8 }) slotId!: string;
  @Column({ type: 'integer' }) position!: number;
  @Column({ type: 'varchar', length: 8 }) kind!: SlotKind;
  @Column({ type: 'varchar', length: 40 }) label!: string;
  @Column({ type: 'boolean' }) admin!: boolean;
  @Column({ name: 'bot_id', type: 'varchar', length: 64, nullable: true }) botId!: string | null;
  @Column({ name: 'bot_name', type: 'varchar', length: 40, nullable: true }) botName!: string | null;
  @Column({ name: 'account_id', type: 'varchar', length: 40, nullable: true }) accountId!: string | null;
  @Column({ name: 'session_id', type: 'varchar', length: 40, nullable: true }) sessionId!: string | null;
  @Column({ name: 'member_name', type: 'varchar', length: 24, nullable: true }) memberName!: string | null;
  @Column({ name: 'rejoin_hash', type: 'varchar', length: 64, nullable: true }) rejoinHash!: string | null;
  /** The newest entry before the holder joined: private messages to earlier holders stay hidden. */
  @Column({ name: 'since_seq', type: 'integer' }) sinceSeq!: number;
  @Column({ name: 'filled_at', type: 'bigint', nullable: true, transformer: bigint }) filledAt!: number | null;

  /** The Ed25519 public key (hex) with which messages from this seat may be signed. */
  @Column({ name: 'public_key', type: 'varchar', length: 64, nullable: true }) publicKey!: string | null;
  /** Whether messages must be signed; null if there is no key. */
  @Column({ name: 'require_sig', type: 'boolean', nullable: true }) requireSig!: boolean | null;

  get role(): Role {
    return ROLES[this.kind];
  }

  get isFilled(): boolean {
    return this.accountId !== null || this.botId !== null;
  }

  isHeldBy({ accountId, sessionId }: Caller): boolean {
    return this.accountId === accountId && this.sessionId === sessionId;
  }

  seat(caller: Caller, rejoinHash: string, now: number) {
    this.accountId = caller.accountId;
    this.sessionId = caller.sessionId;
    this.rejoinHash = rejoinHash;
    this.filledAt ??= now;
  }

  seatBot(botId: string, name: string, now: number) {
    this.botId = botId;
    this.botName = name;
    this.filledAt = now;
    this.admin = true;
  }

  vacate() {
    this.accountId = null;
    this.sessionId = null;
    this.memberName = null;
    this.rejoinHash = null;
    this.publicKey = null;
    this.requireSig = null;
    this.sinceSeq = 0;
    this.filledAt = null;
    this.botId = null;
    this.botName = null;
    this.admin = false;
  }
}
