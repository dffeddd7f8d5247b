import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { bundleHashOf } from '../../bot-sdk/bundle-hash.js';
import type { Language } from '../../bot-sdk/contract.js';
import { KIT_HASH } from '../../bot-sdk/kit.js';
import { DOORS } from '../support/doors.js';
import { INSTALLATIONS, installation } from '../support/installation.js';
import { sha256 } from '../support/longhand.js';
import { openRoom } from '../support/rooms.js';
import { startServer } from '../support/server.js';
import { stored } from '../support/stored.js';

const FOLDER = 'executed-texts';
/** What to do where something is missing here. */
const KEEP_THEM = 'npm run build && node scripts/keep-texts.mjs <commit or version>';

interface KeptState {
  readonly state: string;
  readonly kit: string;
  readonly harness: { content: string; rootfs: Record<string, string>; files: Record<string, string> };
  readonly presets: { name: string; version: string; source: string; executed: string }[];
}

const index = JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')) as KeptState[];
const textOf = (hash: string) => readFileSync(join(FOLDER, 'texts', hash.replace('sha256:', '')), 'utf8');

describe('The stored texts of landed states', () => {
  test('are stored under their hashes, and the index names each of them', () => {
    const named = index.flatMap(({ kit, harness, presets }) => [
      kit,
      ...Object.values(harness.files),
      ...presets.flatMap(({ source, executed }) => [source, executed]),
    ]);

    for (const hash of named) expect(`sha256:${sha256(textOf(hash))}`).toBe(hash);
    expect(readdirSync(join(FOLDER, 'texts')).filter((name) => !named.includes(`sha256:${name}`))).toEqual([]);
  });

  test('include the kit of this version', () => {
    expect({ KEEP_THEM, kits: index.map(({ kit }) => kit) }).toEqual({
      KEEP_THEM,
      kits: expect.arrayContaining([KIT_HASH]),
    });
  });

  test('include the harnesses of this version, with everything in their image', async () => {
    const { content } = await import(pathToFileURL(resolve('scripts/sandbox-image/content.mjs')).href);

    const { hash } = content();

    expect({ KEEP_THEM, harnesses: index.map(({ harness }) => harness.content) }).toEqual({
      KEEP_THEM,
      harnesses: expect.arrayContaining([hash]),
    });
  });

  test('include the presets of this version, and none was changed without a new version', () => {
    const kept = index.flatMap(({ presets }) => presets);
    const versions = new Map(kept.map(({ name, version, source }) => [`${name} ${version}`, source]));

    for (const { name, version, source } of kept) expect(versions.get(`${name} ${version}`)).toBe(source);
    for (const { name, version, hash } of shippedPresets()) {
      expect({ KEEP_THEM, name, version, hash: versions.get(`${name} ${version}`) }).toEqual({
        KEEP_THEM,
        name,
        version,
        hash,
      });
    }
  });
});

describe.each(INSTALLATIONS)('For every run logged by version %s', (name) => {
  test('each executed text can be found, also for bots that were attached before texts were stored', async () => {
    using moved = installation(name);
    const { dataDir } = moved;
    const before = receiptsIn(dataDir).length;

    await using server = await startServer({ DATA_DIR: dataDir });
    await server.stop();

    const receipts = receiptsIn(dataDir);
    expect(receipts.length).toBeGreaterThanOrEqual(before);
    expect(receipts.length).toBeGreaterThan(15);
    expect(receipts.flatMap((receipt) => missingOf(dataDir, receipt))).toEqual([]);
  });
});

const [[, rest]] = DOORS as [(typeof DOORS)[number]];

test('For every run of a bot that is attached now each text can be found, also after the bot was removed', async () => {
  await using server = await startServer();
  const packaged = `import Big from 'big.js';
    export default class Sum { onInit() {} onMessage() { Big(1).plus(2); } }`;
  const typed = 'export default class Typed { onInit(): void { const n: number = 1; void n; } }';

  for (const bot of [{ bot_preset: 'GuessBot' }, { bot_code: packaged }, { bot_code: typed }]) {
    await using room = await openRoom(server, rest, bot);
    const ops = [{ type: 'remove_bot', slot_id: 's0' }];
    await room.alice.call('post_message', { channel_id: room.id, body: 'hello' });
    await room.alice.call('update_channel', { channel_id: room.id, ops });
  }

  const receipts = receiptsIn(server.dataDir);
  expect(new Set(receipts.map(({ bundle_hash }) => bundle_hash)).size).toBe(3);
  expect(receipts.flatMap((receipt) => missingOf(server.dataDir, receipt))).toEqual([]);
});

interface Receipt {
  readonly code_hash: string;
  readonly bundle_hash: string;
  readonly runtime: string;
}

const receiptsIn = (dataDir: string): Receipt[] =>
  stored(dataDir, (database) =>
    (database.prepare("SELECT opening FROM entry WHERE kind = 'receipt'").pluck().all() as string[]).map(
      (opening) => JSON.parse(opening).body,
    ),
  );

/** What of a run could not be found, or is not what its hash says. */
function missingOf(dataDir: string, { code_hash, bundle_hash, runtime }: Receipt): string[] {
  return stored(dataDir, (database) => {
    const text = (hash: string) =>
      database.prepare('SELECT text FROM executed_text WHERE hash = ?').pluck().get(hash) as string | undefined;
    const source = database.prepare('SELECT source FROM bot_code WHERE code_hash = ?').pluck().get(code_hash) as string;
    const parts = JSON.parse(text(bundle_hash) ?? '{}');
    const packages = Object.entries<string>(parts.bundled ?? {});
    const missing = [parts.executed, ...(parts.kit ? [parts.kit] : []), ...packages.map(([, hash]) => hash)].filter(
      (hash) => `sha256:${sha256(text(hash) ?? 'none')}` !== hash,
    );
    const program = {
      language: parts.language as Language,
      executed: text(parts.executed) ?? '',
      className: parts.class_name ?? '',
      bundled: Object.fromEntries(packages.map(([packaged, hash]) => [packaged, text(hash) ?? ''])),
    };
    if (`sha256:${sha256(source ?? '')}` !== code_hash) missing.push(`source ${code_hash}`);
    if (parts.engine !== runtime) missing.push(`engine of ${bundle_hash}`);
    if (bundleHashOf(program, { kit: parts.kit, engine: runtime }) !== bundle_hash) missing.push(bundle_hash);
    const rootfs = / rootfs (sha256:\S+)/.exec(runtime)?.[1];
    const isKept = !rootfs || index.some(({ harness }) => Object.values(harness.rootfs).includes(rootfs));
    return isKept ? missing : [...missing, `harness of ${runtime}`];
  });
}

function shippedPresets() {
  const folders = readdirSync('bot-presets', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name: folder }) => {
    const file = readdirSync(join('bot-presets', folder)).find((each) => /^bot\.(js|ts|py)$/.test(each)) as string;
    const { name, version } = JSON.parse(readFileSync(join('bot-presets', folder, 'manifest.json'), 'utf8'));
    return { name, version, hash: `sha256:${sha256(readFileSync(join('bot-presets', folder, file)))}` };
  });
}
