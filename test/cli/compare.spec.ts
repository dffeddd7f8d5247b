import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { canonical } from '../support/longhand.js';
import { scratchFolder } from '../support/scratch.js';
import { type RunningServer, startServer } from '../support/server.js';
import { type Bundle, exported } from '../support/transcripts.js';
import { Terminal } from './terminal.js';

let server: RunningServer;
let alice: Terminal;
let channelId: string;
beforeAll(async () => {
  server = await startServer();
  alice = new Terminal(server);
  await alice.json('login', '--name', 'alice');
  channelId = (await alice.json('create', 'Tea', 'invite:alice', '--join')).channel_id;
  for (const [i, text] of ['one', 'two', 'three'].entries()) {
    await alice.run(['say', channelId, text]);
    await alice.run(['export', channelId, `after-${i}.gz`]);
  }
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  alice[Symbol.dispose]();
});

const bundleIn = (name: string): Bundle & { checkpoint: string } =>
  JSON.parse(gunzipSync(readFileSync(join(alice.home, name))).toString());
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(alice.home, name), content);

describe('parley compare', () => {
  test('finds that a bundle continues another one, or a checkpoint', async () => {
    write('after-0.note', bundleIn('after-0.gz').checkpoint);
    write('after-2.note', bundleIn('after-2.gz').checkpoint);

    const grown = await alice.run(['compare', 'after-0.gz', 'after-2.gz']);
    const same = await alice.run(['compare', 'after-1.gz', 'after-1.gz', '--json']);
    const kept = await alice.run(['compare', 'after-2.gz', 'after-0.note']);
    const notes = await alice.run(['compare', 'after-0.note', 'after-2.note']);

    expect(grown).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^One continues the other: the first \d+ entries are the same\.\n$/),
    });
    expect([same.exitCode, same.json]).toMatchObject([0, { result: 'same', size: 4, sizes: [4, 4] }]);
    expect(same.json.signed_by).toHaveLength(1);
    expect(kept).toMatchObject({ exitCode: 0 });
    expect(notes).toMatchObject({ exitCode: 5, stdout: expect.stringContaining('cannot be decided') });
  });

  test('names the first entry that differs, and who signed both, if a server has two histories', async () => {
    const [[, door]] = DOORS as [(typeof DOORS)[number]];
    const { token, ...carol } = await door(server, 'carol');
    const { channel_id, invites } = await carol.call('create_channel', { name: 'Fork', slots: ['invite:carol'] });
    await carol.call('join_channel', { invite_code: invites[0] });
    await server.stop();
    const copy = scratchFolder('parley-fork-');
    cpSync(server.dataDir, copy, { recursive: true });
    await server.start();
    await using fork = await startServer({ DATA_DIR: copy });
    const save = async (at: RunningServer, text: string, file: string) => {
      const person = await door(at, 'carol', token);
      await person.call('post_message', { channel_id, body: text });
      const exportedFile = await exported(person, channel_id);
      write(file, exportedFile.file);
      write(`${file}.note`, exportedFile.told.checkpoint);
      return exportedFile.told.size as number;
    };
    const size = await save(server, 'to the one', 'one.gz');
    await save(fork, 'to the other', 'other.gz');
    rmSync(copy, { recursive: true });

    const bundles = await alice.run(['compare', 'one.gz', 'other.gz']);
    const mixed = await alice.run(['compare', 'one.gz.note', 'other.gz', '--json']);

    expect(bundles.exitCode).toBe(30);
    expect(bundles.stdout).toMatch(new RegExp(`first entry that differs is ${size}\\.\n.*has signed both`));
    expect([mixed.exitCode, mixed.json]).toMatchObject([30, { result: 'differs', size }]);
    expect(mixed.json.signed_by).toHaveLength(1);
  });

  test('refuses a bundle whose entries are not those of its checkpoint, and files of two channels', async () => {
    const bundle = bundleIn('after-2.gz');
    const [first] = bundle.entries;
    const forged = {
      ...bundle,
      entries: [{ ...first, header: { ...first?.header, ts: '2020-01-01T00:00:00.000Z' } }, ...bundle.entries.slice(1)],
    };
    write('forged.gz', gzipSync(canonical(forged)));
    const other = await alice.json('create', 'Coffee', 'invite:alice', '--join');
    await alice.run(['export', other.channel_id, 'other.gz']);

    const [invalid, unrelated, missing] = [
      await alice.run(['compare', 'after-2.gz', 'forged.gz']),
      await alice.run(['compare', 'after-2.gz', 'other.gz']),
      await alice.run(['compare', 'after-2.gz', 'nothing.gz']),
    ];

    expect(invalid).toMatchObject({ exitCode: 40, stdout: expect.stringContaining('forged.gz') });
    expect(unrelated).toMatchObject({ exitCode: 40, stdout: expect.stringContaining('two different logs') });
    expect(missing).toMatchObject({ exitCode: 2 });
  });
});
