import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scratchFolder } from '../support/scratch.js';

let place: string;
beforeEach(() => {
  place = scratchFolder('parley-at-once-');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const PROCESSES = 4;
const built = (file: string) => JSON.stringify(pathToFileURL(resolve('dist/src', file)).href);

const admin = async (dataDir: string, ...args: string[]) => {
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, [resolve('dist/src/admin.js'), ...args], {
    cwd: place,
    env,
  });
  return stdout.trim();
};

/** What several processes print for one script, which begins in all of them at once: `folder` is theirs together. */
async function atOnce(script: string): Promise<string[]> {
  const source = `const folder = ${JSON.stringify(place)};
${script}
process.stdout.write('ready\\n');
process.stdin.once('data', () => { run(); process.exit(0); });`;
  const children = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const waiting = children.map((child) => once(child.stdout, 'data'));
  await Promise.all(waiting);
  const printed = children.map((child) => text(child.stdout));
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.stdin.write('go\n');
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual(children.map(() => 0));
  return Promise.all(printed);
}

test('Several operator commands at the same time in a new data folder all succeed', async () => {
  const dataDir = join(place, 'not', 'there', 'yet');

  const made = await Promise.all([
    admin(dataDir, 'create', 'Alice'),
    admin(dataDir, 'invite'),
    admin(dataDir, 'invite', '--role', 'admin'),
    admin(dataDir, 'token'),
    admin(dataDir, 'token'),
    admin(dataDir, 'revoke'),
  ]);

  expect(new Set(made).size).toBe(made.length);
  expect(readdirSync(join(dataDir, 'account-invites'))).toHaveLength(3);
  // The next who uses the folder is a server, which warns of a folder that others can read.
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test('Codes that several processes create in one folder are all stored, and nothing else', async () => {
  const each = 100;

  await atOnce(`
    const { OperatorInvites } = await import(${built('identity/invites/operator-invites.js')});
    function run() {
      const invites = new OperatorInvites(folder);
      for (let i = 0; i < ${each}; i++) invites.make({ purpose: 'sign-up', role: 'member', name: null, expires_at: Date.now() + 1e9 }, Date.now());
    }`);

  const files = readdirSync(join(place, 'account-invites'));
  expect(files).toHaveLength(PROCESSES * each);
  expect(files.filter((name) => !/^[0-9a-f]{64}\.json$/.test(name))).toEqual([]);
});

test('Processes that create the keys of a new data folder at the same time use the same ones', async () => {
  const folders = 50;

  const printed = await atOnce(`
    const { ServerKey } = await import(${built('platform/secrets/server-key.js')});
    const { Sealing } = await import(${built('platform/secrets/sealing.js')});
    const { sandboxLabel } = await import(${built('runtime/docker/sandbox-label.js')});
    function run() {
      for (let i = 0; i < ${folders}; i++) {
        const data = folder + '/' + i;
        const key = ServerKey.of(data, 'example.test').verifierKey;
        const sealed = new Sealing(data).seal('x', 'here').split('.')[1];
        console.log(key, sealed, sandboxLabel(data));
      }
    }`);

  expect(`${printed[0]}`.trim().split('\n')).toHaveLength(folders);
  expect(new Set(printed).size).toBe(1);
  expect(readdirSync(join(place, '0')).sort()).toEqual(['sandbox-label', 'sealing-keys.json', 'server-key.json']);
});

test('An unfinished file of a killed command is deleted after an hour, and not before', async () => {
  await admin(place, 'invite');
  const folder = join(place, 'account-invites');
  const old = join(folder, 'b.json.2-bb.new');
  for (const file of [join(folder, 'a.json.1-aa.new'), old]) writeFileSync(file, '');
  utimesSync(old, 0, 0);

  await admin(place, 'invite');

  expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual(['a.json.1-aa.new']);
});
