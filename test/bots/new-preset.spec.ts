import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { type RunningServer, startServer } from '../support/server.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-new-preset-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const make = (...args: string[]) =>
  spawnSync(process.execPath, ['scripts/new-preset.mjs', ...args, '--dir', folder], { encoding: 'utf8' });

/** Runs tests as `npx jest` does, and answers with what they print; throws where one fails. */
const runTests = (args: string[], env: Record<string, string> = {}) =>
  execFileSync(process.execPath, [resolve('node_modules/jest/bin/jest.js'), ...args, '-w', '1'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });

describe('A new preset', () => {
  test('has the four files, and passes its own test and those of all presets, in both languages', () => {
    expect(make('coin-toss').status).toBe(0);
    expect(make('LuckyDiceBot', '--typescript').status).toBe(0);

    expect(readdirSync(join(folder, 'coin-toss')).sort()).toEqual([
      'README.md',
      'bot.js',
      'bot.test.ts',
      'manifest.json',
    ]);
    expect(existsSync(join(folder, 'lucky-dice', 'bot.ts'))).toBe(true);
    runTests(['--roots', folder, '--testPathPatterns', folder]);
    runTests(['--testPathPatterns', 'bot-presets/every-preset'], { PRESETS_DIR: folder });
  }, 180_000);

  test.each([
    ['no name', []],
    ['two names', ['a', 'b']],
    ['a path', ['../evil']],
    ['a name of signs', ['***']],
    ['a name that begins with a digit', ['3-wins']],
    ['a name that is far too long', ['x'.repeat(38)]],
    ['only what every name ends in', ['Bot']],
  ])('cannot be created from %s', (_, args) => {
    const before = readdirSync(folder);

    const { status, stderr } = make(...args);

    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('npm run new:preset NAME') });
    expect(readdirSync(folder)).toEqual(before);
  });

  test('does not overwrite an existing folder, and cannot have the name of an existing preset', () => {
    make('twice');

    expect(make('twice')).toMatchObject({ status: 2, stderr: expect.stringContaining('is there already') });
    expect(make('TwiceBot')).toMatchObject({ status: 2 });
  });
});

describe('A folder in PRESETS_DIR', () => {
  let server: RunningServer;
  beforeAll(async () => {
    make('street-magic');
    server = await startServer({ PRESETS_DIR: folder });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test.each(DOORS)('is listed, shown and played like a preset, over %s', async (_, door) => {
    await using alice = await door(server, 'alice');

    const { presets } = await alice.call('list_presets');
    const { next } = await alice.call('start_here');
    const created = await alice.call('create_channel', {
      name: 'Magic',
      slots: ['bot:referee', 'invite:me'],
      bot_preset: 'StreetMagicBot',
    });
    await alice.call('join_channel', { invite_code: created.invites[0] });
    const { replies } = await alice.call('post_message', { channel_id: created.channel_id, body: 'roll' });

    expect(presets.map(({ name }: { name: string }) => name)).toContain('StreetMagicBot');
    expect((await alice.call('get_preset', { name: 'StreetMagicBot' })).readme).toContain('# StreetMagicBot');
    expect(replies).toMatchObject([{ body: { type: 'rolled', player: 's1' } }]);
    const names = presets.map(({ name }: { name: string }) => name);
    const opening = next.find(({ tool }: { tool: string }) => tool === 'create_channel');
    expect(names).toContain(opening.arguments.bot_preset);
  });
});
