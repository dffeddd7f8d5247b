import { Injectable } from '@nestjs/common';
import { Brackets, type EntityManager } from 'typeorm';
import { DomainError } from '../../kernel/errors.js';
import { containing, isLike, startingWith } from '../../platform/database/like.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { BotCode, type CodeStatus } from '../code/bot-code.entity.js';
import { Presets } from '../code/presets.service.js';
import { BotReport } from './bot-report.entity.js';

export interface CodeQuery {
  readonly status?: CodeStatus | 'reported';
  /** A part of a bot's name, or the beginning of a hash or of an account. */
  readonly words?: string;
  readonly cursor?: string;
  readonly limit: number;
}

const MAX_NAMES = 5;
const MAX_MANIFESTS = 10;
const MAX_PLACES = 100;
const MAX_REPORTS = 100;

/** Every source that was ever attached here, for admins. */
@Injectable()
export class CodeRegistry {
  constructor(private readonly presets: Presets) {}

  /** Newest first, without the sources themselves. */
  async page(tx: EntityManager, { status, words, cursor, limit }: CodeQuery) {
    const query = tx
      .createQueryBuilder(BotCode, 'code')
      .select(['code.codeHash', 'code.language', 'code.status', 'code.firstAccountId', 'code.firstAt'])
      .orderBy('code.firstAt', 'DESC')
      .addOrderBy('code.codeHash', 'ASC')
      .limit(limit + 1);
    if (status === 'reported') query.andWhere(`EXISTS ${openReport(tx)}`);
    else if (status) query.andWhere('code.status = :status', { status });
    if (words) query.andWhere(matching(tx), { start: startingWith(words), part: containing(words) });
    if (cursor) {
      query.andWhere('(code.firstAt < :at OR (code.firstAt = :at AND code.codeHash > :hash))', readCursor(cursor));
    }
    const rows = await query.getMany();
    const codes = rows.slice(0, limit);
    return { codes, next: rows.length > limit ? cursorOf(codes.at(-1) as BotCode) : null };
  }

  async find(tx: EntityManager, codeHash: string): Promise<BotCode> {
    const code = await tx.findOneBy(BotCode, { codeHash });
    if (!code) throw new DomainError('CODE_NOT_FOUND');
    return code;
  }

  presetOf(codeHash: string): string | null {
    return this.presets.all().find(({ bundle }) => bundle.codeHash === codeHash)?.manifest.name ?? null;
  }

  /** A few of the names under which it was attached. */
  async namesOf(tx: EntityManager, codeHash: string): Promise<string[]> {
    const rows = await tx
      .createQueryBuilder(Attachment, 'attachment')
      .select('DISTINCT attachment.name', 'name')
      .where({ codeHash })
      .limit(MAX_NAMES)
      .getRawMany<{ name: string }>();
    return rows.map(({ name }) => name);
  }

  /** The manifests under which it was attached, by hash. */
  async manifestsOf(tx: EntityManager, codeHash: string) {
    const rows = await tx
      .createQueryBuilder(Attachment, 'attachment')
      .select('attachment.manifestHash', 'hash')
      .addSelect('MIN(attachment.manifestJson)', 'json')
      .where({ codeHash })
      .groupBy('attachment.manifestHash')
      .limit(MAX_MANIFESTS)
      .getRawMany<{ hash: string; json: string }>();
    return rows.map(({ hash, json }) => ({ manifest_hash: hash, manifest: JSON.parse(json) as object }));
  }

  /** The channels in which the code is or was attached; those in which it still runs come first. */
  placesOf(tx: EntityManager, codeHash: string): Promise<Attachment[]> {
    return tx
      .createQueryBuilder(Attachment, 'attachment')
      .select(PLACE.map((column) => `attachment.${column}`))
      .where({ codeHash })
      .orderBy('CASE WHEN attachment.removed_at IS NULL THEN 0 ELSE 1 END')
      .addOrderBy('attachment.attachedAt', 'DESC')
      .limit(MAX_PLACES)
      .getMany();
  }

  /** The reports of members about the code, open ones first. */
  reportsOf(tx: EntityManager, codeHash: string): Promise<BotReport[]> {
    return tx
      .createQueryBuilder(BotReport, 'report')
      .where({ codeHash })
      .orderBy('CASE WHEN report.decision_id IS NULL THEN 0 ELSE 1 END')
      .addOrderBy('report.reportedAt', 'DESC')
      .limit(MAX_REPORTS)
      .getMany();
  }
}

const PLACE = ['channelId', 'botId', 'name', 'runs', 'attachedAt', 'removedAt', 'stoppedFor'] as const;

const openReport = (tx: EntityManager) =>
  tx
    .createQueryBuilder()
    .subQuery()
    .select('1')
    .from(BotReport, 'report')
    .where('report.codeHash = code.codeHash AND report.decisionId IS NULL')
    .getQuery();

const matching = (tx: EntityManager) =>
  new Brackets((any) => {
    const attachmentsWithName = tx
      .createQueryBuilder()
      .subQuery()
      .select('1')
      .from(Attachment, 'attachment')
      .where(`attachment.codeHash = code.codeHash AND ${isLike('attachment.name', 'part')}`)
      .getQuery();
    any
      .where(isLike('code.codeHash', 'start'))
      .orWhere(isLike('code.firstAccountId', 'start'))
      .orWhere(`EXISTS ${attachmentsWithName}`);
  });

const cursorOf = ({ firstAt, codeHash }: BotCode) => `${firstAt}.${codeHash}`;

function readCursor(cursor: string) {
  const [, at, hash] = /^(\d{1,15})\.(sha256:[0-9a-f]{64})$/.exec(cursor) ?? [];
  if (!hash) throw new DomainError('INVALID_REQUEST', 'cursor must be a next_cursor of this operation');
  return { at: Number(at), hash };
}
