import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The consent of one party to one proposed change, and the entry that records it. */
@Entity('change_agreement')
export class ChangeAgreement {
  @PrimaryColumn({ name: 'change_id', type: 'varchar', length: 40 }) changeId!: string;
  @PrimaryColumn({ name: 'account_id', type: 'varchar', length: 40 }) accountId!: string;
  @Column({ type: 'integer' }) seq!: number;
}
