import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { Terminal } from './terminal.js';

let server: RunningServer;
let alice: Terminal;
let bob: Terminal;
beforeAll(async () => {
  server = await startServer();
  alice = new Terminal(server);
  bob = new Terminal(server);
  await Promise.all([alice.json('login', '--name', 'alice'), bob.json('login', '--name', 'bob')]);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const terminal of [alice, bob]) terminal[Symbol.dispose]();
});

const bundleIn = ({ home }: Terminal, file: string) =>
  JSON.parse(gunzipSync(readFileSync(join(home, file))).toString());

describe('A transcript from a terminal', () => {
  test('is saved under the name of its channel, or under a given one', async () => {
    const { channel_id } = await alice.json('create', 'Tea', 'invite:alice', '--join');
    await alice.run(['say', channel_id, 'Hello']);

    const named = await alice.run(['export', channel_id]);
    const given = await alice.json('export', channel_id, 'tea.gz');

    const file = `${channel_id}.parley.json.gz`;
    expect(named).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(new RegExp(`^${file} \\(\\d+ bytes\\)\n`)),
    });
    expect(given).toMatchObject({
      channel_id,
      file: 'tea.gz',
      sha256: sha256(readFileSync(join(alice.home, 'tea.gz'))),
    });
    expect(bundleIn(alice, 'tea.gz')).toEqual(bundleIn(alice, file));
    expect(bundleIn(alice, file)).toMatchObject({ channel: channel_id, viewer: 's0' });
  });

  test('is made for the seat that is named', async () => {
    const { channel_id, invites } = await alice.json('create', 'Tea', 'invite:one', 'invite:two');
    await alice.run(['join', invites[0]]);
    await alice.run(['join', invites[1]]);

    const unnamed = await alice.run(['export', channel_id]);
    await alice.run(['export', channel_id, 'second.gz', '--seat', 's1']);

    expect(unnamed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SEAT_AMBIGUOUS') });
    expect(bundleIn(alice, 'second.gz').viewer).toBe('s1');
  });

  test('is not saved for somebody who may not read it', async () => {
    const { channel_id } = await alice.json('create', 'Tea', 'invite:alice');

    const refused = await bob.run(['export', channel_id]);
    const malformed = await bob.run(['export', '../who']);

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NOT_MEMBER') });
    expect(malformed).toMatchObject({ exitCode: 2 });
    expect(existsSync(join(bob.home, `${channel_id}.parley.json.gz`))).toBe(false);
  });
});
