import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { committedBy, openedBy } from '../execution/commitments/opening.js';

/** A visible entry in which a bot makes or opens a commitment. */
interface Said {
  readonly seq: number;
  readonly from_id: string;
  readonly run: number;
  readonly type: string;
  readonly opening: string;
}

interface Row {
  readonly seq: number;
  readonly run: number;
  readonly round: number;
  readonly hash: string;
  standing: string;
}

const PAGE = 200;

/** Reads the commitments of existing bots from their logs. */
export class Commitments1700000001501 implements MigrationInterface {
  name = 'Commitments1700000001501';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'bot_commitment',
        columns: [
          { name: 'channel_id', type: 'varchar', length: '40', isPrimary: true },
          { name: 'bot_id', type: 'varchar', length: '64', isPrimary: true },
          { name: 'seq', type: 'integer', isPrimary: true },
          { name: 'run', type: 'integer' },
          { name: 'round', type: 'integer' },
          { name: 'hash', type: 'varchar', length: '64' },
          { name: 'informed', type: 'boolean' },
          { name: 'standing', type: 'varchar', length: '10' },
        ],
        indices: [
          { name: 'ix_commitment_hash', columnNames: ['channel_id', 'bot_id', 'hash'] },
          { name: 'ix_commitment_standing', columnNames: ['channel_id', 'bot_id', 'standing'] },
        ],
      }),
    );
    const bots = await query(runner, 'attachment', ['channel_id', 'bot_id', 'round']).getRawMany();
    for (const bot of bots) await this.fill(runner, bot);
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('bot_commitment');
  }

  /** Leaves the commitments as each run of the bot would have left them. */
  private async fill(runner: QueryRunner, bot: { channel_id: string; bot_id: string; round: number }) {
    const { channel_id, bot_id } = bot;
    const rows: Row[] = [];
    let run = 0;
    for await (const { seq, type, opening, ...said } of saidBy(runner, channel_id, bot_id)) {
      if (said.run !== run) settle(rows, run);
      run = said.run;
      const { body } = JSON.parse(opening);
      const bond = type === 'bot:commit' ? committedBy(body) : undefined;
      const hash = type === 'bot:commit' ? bond?.hash : openedBy(body);
      const known = rows.findLast((row) => row.hash === hash && isStanding(row));
      if (type === 'bot:reveal' && known) known.standing = 'opened';
      if (type !== 'bot:commit' || hash === undefined) continue;
      const round = await roundAfter(runner, bot, run);
      const standing = bond?.isClear ? 'open' : 'contested';
      if (known?.round !== round) rows.push({ seq, run, round, hash, standing });
      else if (known && !bond?.isClear) known.standing = 'contested';
    }
    settle(rows, run);
    for (const row of rows) {
      const informed = await isInformed(runner, channel_id, bot_id, row.run);
      const values = { channel_id, bot_id, informed: informed ? 1 : 0, ...row };
      const columns = Object.keys(values);
      await runner.query(
        `INSERT INTO bot_commitment (${columns.join()}) VALUES (${columns.map((_, i) => placeholder(runner, i)).join()})`,
        Object.values(values),
      );
    }
  }
}

const placeholder = ({ connection }: QueryRunner, i: number) =>
  connection.options.type === 'postgres' ? `$${i + 1}` : '?';

const isStanding = ({ standing }: Row) => standing === 'open' || standing === 'contested';

function settle(rows: Row[], run: number) {
  const made = rows.findLast((row) => row.run === run);
  if (!made) return;
  for (const row of rows) if (isStanding(row) && row.round < made.round) row.standing = 'lapsed';
  const open = rows.filter(isStanding);
  if (open.length > 1) for (const row of open) row.standing = 'contested';
}

/** Returns the entries in order, one page at a time, because a reveal can be as large as a message. */
async function* saidBy(runner: QueryRunner, channelId: string, botId: string): AsyncGenerator<Said> {
  for (let after = 0; ; ) {
    const page: Said[] = await query(runner, 'entry', ['seq', 'from_id', 'run', 'type', 'opening'])
      .where("t.channel_id = :channelId AND t.type IN ('bot:commit', 'bot:reveal') AND t.seq > :after", {
        channelId,
        after,
      })
      .orderBy('t.seq')
      .limit(PAGE)
      .getRawMany();
    yield* page.filter(({ from_id }) => from_id === `bot:${botId}`);
    const last = page.at(-1);
    if (!last) return;
    after = last.seq;
  }
}

async function roundAfter(
  runner: QueryRunner,
  bot: { channel_id: string; bot_id: string; round: number },
  run: number,
) {
  const next = await query(runner, 'run', ['round'])
    .where('t.channel_id = :channel_id AND t.bot_id = :bot_id AND t.run = :run', { ...bot, run: run + 1 })
    .getRawOne();
  return next?.round ?? bot.round;
}

async function isInformed(runner: QueryRunner, channelId: string, botId: string, run: number) {
  const where = 't.channel_id = :channelId AND t.bot_id = :botId';
  const asked = await query(runner, 'run_exchange', ['n'])
    .where(`${where} AND t.run = :run`, { channelId, botId, run })
    .limit(1)
    .getRawOne();
  return Boolean(asked ?? (await query(runner, 'bot_env', ['bot_id']).where(where, { channelId, botId }).getRawOne()));
}

/** Uses column names, because the entities may have other fields in a later version. */
function query(runner: QueryRunner, table: string, [first = '', ...more]: string[]) {
  const start = runner.manager.createQueryBuilder().select(`t.${first}`, first).from(table, 't');
  return more.reduce((builder, column) => builder.addSelect(`t.${column}`, column), start);
}
