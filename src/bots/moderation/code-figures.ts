import { type EntityManager, In, IsNull } from 'typeorm';
import type { Outcome } from '../../../bot-sdk/contract.js';
import { Attachment } from '../attachments/attachment.entity.js';
import { Run } from '../execution/run.entity.js';
import { BotReport } from './bot-report.entity.js';

/** How much a source is used, counted on request. */
export interface CodeFigures {
  readonly channels: number;
  /** Attachments that are not removed or stopped. */
  readonly atWork: number;
  readonly runs: number;
  readonly failures: number;
  readonly openReports: number;
}

const FAILED: Outcome[] = ['timed_out', 'threw', 'killed'];
const NONE: CodeFigures = { channels: 0, atWork: 0, runs: 0, failures: 0, openReports: 0 };

export async function figuresOf(tx: EntityManager, hashes: readonly string[]) {
  const figures = new Map(hashes.map((hash) => [hash, { ...NONE }]));
  if (!hashes.length) return figures;
  const rows = [...(await useOf(tx, hashes)), ...(await failuresOf(tx, hashes)), ...(await reportsOf(tx, hashes))];
  for (const { hash, ...counts } of rows) {
    const numbers = Object.entries(counts).map(([name, count]) => [name, Number(count)]);
    figures.set(hash, { ...(figures.get(hash) ?? NONE), ...Object.fromEntries(numbers) });
  }
  return figures;
}

interface Row {
  readonly hash: string;
  readonly [count: string]: string;
}

const useOf = (tx: EntityManager, hashes: readonly string[]) =>
  tx
    .createQueryBuilder(Attachment, 'attachment')
    .select('attachment.codeHash', 'hash')
    .addSelect('COUNT(DISTINCT attachment.channelId)', 'channels')
    .addSelect('SUM(CASE WHEN attachment.removedAt IS NULL THEN 1 ELSE 0 END)', 'atWork')
    .addSelect('SUM(attachment.runs)', 'runs')
    .where({ codeHash: In([...hashes]) })
    .groupBy('attachment.codeHash')
    .getRawMany<Row>();

const failuresOf = (tx: EntityManager, hashes: readonly string[]) =>
  tx
    .createQueryBuilder(Attachment, 'attachment')
    .innerJoin(Run, 'run', 'run.channelId = attachment.channelId AND run.botId = attachment.botId')
    .select('attachment.codeHash', 'hash')
    .addSelect('COUNT(*)', 'failures')
    .where({ codeHash: In([...hashes]) })
    .andWhere('run.outcome IN (:...failed)', { failed: FAILED })
    .groupBy('attachment.codeHash')
    .getRawMany<Row>();

const reportsOf = (tx: EntityManager, hashes: readonly string[]) =>
  tx
    .createQueryBuilder(BotReport, 'report')
    .select('report.codeHash', 'hash')
    .addSelect('COUNT(*)', 'openReports')
    .where({ codeHash: In([...hashes]), decisionId: IsNull() })
    .groupBy('report.codeHash')
    .getRawMany<Row>();
