import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A signed checkpoint of the server-wide log. Only the newest is kept. */
@Entity('server_checkpoint')
export class ServerCheckpoint {
  /** The number of leaves. */
  @PrimaryColumn({ type: 'integer' }) size!: number;
  /** The signed note. */
  @Column({ type: 'text' }) note!: string;
}
