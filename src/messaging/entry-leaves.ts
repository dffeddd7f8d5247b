import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { contentHash } from '../kernel/hash.js';
import { Database } from '../platform/database/database.js';
import { Statement } from '../platform/database/statements.js';
import { LeafSource } from '../proofs/log/leaf-source.js';
import { logChanged } from '../proofs/log/log-errors.js';
import { Entry } from './entry.entity.js';
import { leafHash } from './entry.js';

const LEAVES_AFTER = new Statement<
  { channelId: string; after: number; limit: number },
  { seq: number; leaf_hash: string }
>('SELECT seq, leaf_hash FROM entry WHERE channel_id = :channelId AND seq > :after ORDER BY seq LIMIT :limit');

/** The leaves of channels: the headers of their entries. */
@Injectable()
export class EntryLeaves extends LeafSource {
  constructor(private readonly database: Database) {
    super();
  }

  async after(channelId: string, after: number, limit: number): Promise<Buffer[]> {
    const rows = await LEAVES_AFTER.run(this.database.read, { channelId, after, limit });
    return rows.map(({ seq, leaf_hash }, i) => {
      if (seq !== after + i + 1) throw logChanged(`the entry ${after + i + 1} of ${channelId} is missing`);
      return bytesOf(leaf_hash);
    });
  }

  async recomputed(channelId: string, after: number, limit: number): Promise<Buffer[]> {
    const where = { channelId, seq: MoreThan(after) };
    const entries = await this.database.read.find(Entry, { where, order: { seq: 'ASC' }, take: limit });
    return entries.map((entry, i) => {
      const isWhole = entry.seq === after + i + 1 && leafHash(entry.header) === entry.leafHash && isCommitted(entry);
      if (!isWhole) throw logChanged(`the entry ${after + i + 1} of ${channelId} was changed`);
      return bytesOf(entry.leafHash);
    });
  }
}

const bytesOf = (hash: string) => Buffer.from(hash.slice('sha256:'.length), 'hex');

function isCommitted({ header, salt, opening }: Entry): boolean {
  return JSON.parse(header).body_commit === contentHash('parley-body-v1', Buffer.from(salt, 'hex'), opening);
}
