import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { bundleHashOf, type Program } from '../../../bot-sdk/bundle-hash.js';
import type { Language } from '../../../bot-sdk/contract.js';
import { type ExecutedRow, rowsOf } from '../code/executed-bundle.js';
import { keptKits } from '../code/kept-kits.js';

/** Columns as they are in this version, because the entities may change later. */
interface Bot {
  readonly channel_id: string;
  readonly bot_id: string;
  readonly language: Language;
  readonly executed: string;
  readonly class_name: string;
  readonly bundled: string;
}

/** Adds the executed texts by hash, also for existing bots if their kits are known. */
export class ExecutedTexts1700000001503 implements MigrationInterface {
  name = 'ExecutedTexts1700000001503';

  async up(runner: QueryRunner) {
    await runner.createTable(
      new Table({
        name: 'executed_text',
        columns: [
          { name: 'hash', type: 'varchar', length: '71', isPrimary: true },
          { name: 'kind', type: 'varchar', length: '8' },
          { name: 'text', type: 'text' },
        ],
      }),
    );
    const kits = keptKits();
    const rows = new Map<string, ExecutedRow>();
    for (const [bot, bundleHash, engine] of await announcedBundles(runner)) {
      if (rows.has(bundleHash)) continue;
      for (const row of rowsMadeOf(bot, bundleHash, engine, kits)) rows.set(row.hash, row);
    }
    for (const row of rows.values()) {
      await runner.manager.createQueryBuilder().insert().into('executed_text').values(row).execute();
    }
  }

  async down(runner: QueryRunner) {
    await runner.dropTable('executed_text');
  }
}

/** Every bundle that was announced to a channel, when a bot was attached or when its kit or engine changed. */
async function announcedBundles({ manager }: QueryRunner): Promise<[Bot, bundleHash: string, engine: string][]> {
  const bots: Bot[] = await manager
    .createQueryBuilder()
    .select(['channel_id', 'bot_id', 'language', 'executed', 'class_name', 'bundled'])
    .from('attachment', 'attachment')
    .getRawMany();
  const byId = new Map(bots.map((bot) => [`${bot.channel_id} ${bot.bot_id}`, bot]));
  const told: { channel_id: string; opening: string }[] = await manager
    .createQueryBuilder()
    .select(['channel_id', 'opening'])
    .from('entry', 'entry')
    .where("type IN ('bot:attach', 'bot:runtime') AND from_id = 'system'")
    .getRawMany();
  return told.flatMap(({ channel_id, opening }): [Bot, string, string][] => {
    const { bot_id, bundle_hash, runtime } = JSON.parse(opening).body ?? {};
    const bot = byId.get(`${channel_id} ${bot_id}`);
    return bot ? [[bot, bundle_hash, runtime]] : [];
  });
}

function rowsMadeOf(bot: Bot, bundleHash: string, engine: string, kits: ReadonlyMap<string, string>): ExecutedRow[] {
  const { language, executed, class_name: className } = bot;
  const program: Program = { language, executed, className, bundled: JSON.parse(bot.bundled) };
  for (const [kit, text] of kits) {
    if (bundleHashOf(program, { kit, engine }) === bundleHash)
      return rowsOf(bundleHash, program, { kit, engine }, text);
  }
  return [];
}
