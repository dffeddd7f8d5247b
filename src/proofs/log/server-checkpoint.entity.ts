import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed checkpoint of the server-wide log. The newest one and the newest one with cosignatures are kept. */
@Entity('server_checkpoint')
export class ServerCheckpoint {
  /** The number of leaves. */
  @PrimaryColumn({ type: 'integer' }) size!: number;
  /** The signed note. */
  @Column({ type: 'text' }) note!: string;
  /** Witnesses have signed it too. */
  @Column({ name: 'is_cosigned', type: 'boolean' }) isCosigned!: boolean;
}
