import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KITS, PACKAGES, ROOT_FILE_SYSTEMS } from '../../verifier/bundle/released.js';
import { forged } from '../support/cheating.js';
import {
  cosignature,
  fileOf,
  makeBundle,
  makeKey,
  SERVER_KEY,
  signedBundle,
  TALK,
  WITHHELD,
} from '../support/made-bundle.js';
import { scratchFolder } from '../support/scratch.js';

const folder = scratchFolder('verify-');
afterAll(() => rmSync(folder, { recursive: true }));

const bundle = makeBundle(TALK);
const KEY = ['--key', SERVER_KEY.vkey];

function written(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** Runs the command with little memory, as everybody who was sent a file would want it to. */
function parleyVerify(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['--max-old-space-size=400', 'verifier/parley-verify.mjs', ...args]);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (bytes) => out.push(String(bytes)));
  child.stderr.on('data', (bytes) => err.push(String(bytes)));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out: out.join(''), err: err.join('') })));
}

describe('The command parley-verify', () => {
  let file: string;
  beforeAll(() => {
    file = written('talk.parley.json.gz', fileOf(bundle));
  });

  test('ends with the exit code of its verdict', async () => {
    const witness = makeKey('witness.example', 4);
    const policy = written('policy', `log ${SERVER_KEY.vkey}\nwitness w ${witness.vkey}\nquorum w\n`);
    const cosigned = signedBundle(bundle, SERVER_KEY, (text) => cosignature(text, 1n, witness));
    const withheld = written('withheld', fileOf(makeBundle([...TALK, WITHHELD])));
    const early = written(
      'early',
      fileOf(forged(bundle, ({ entries }) => Object.assign(entries[5].header, { ts: '2020-01-01T00:00:00.000Z' }))),
    );

    const runs = [
      [file, ...KEY],
      [written('cosigned', fileOf(cosigned)), '--policy', policy],
      [withheld, ...KEY],
      [withheld, ...KEY, '--accept', 'withheld'],
      [file, '--policy', policy],
      [file],
      [early, ...KEY],
      [file, '--key', makeKey('other.example').vkey],
    ];
    const codes: (number | null)[] = [];
    for (const args of runs) codes.push((await parleyVerify(...args)).code);

    expect(codes).toEqual([0, 0, 5, 0, 10, 20, 30, 40]);
  });

  test('prints each claim, the verdict, and the first difference, without what could control a terminal', async () => {
    const named = structuredClone(bundle);
    named.entries[3].opening.body.text = 'other';
    const strange = { ...bundle, '\u001b[2J': 1 };

    const good = await parleyVerify(file, ...KEY);
    const bad = await parleyVerify(written('named', fileOf(named)), ...KEY);
    const hostile = await parleyVerify(written('strange', fileOf(strange)), ...KEY);

    expect(good.out).toMatch(/^PASS +The file is a bundle \(7\)/);
    expect(good.out).toContain('\nVERIFIED: ');
    expect(bad.out).toContain('\nFirst difference: entry 4: ');
    expect(hostile.code).toBe(40);
    expect(hostile.out).not.toContain('\u001b');
  });

  test('prints facts as JSON', async () => {
    const { out, code } = await parleyVerify(file, '--facts', ...KEY);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'VERIFIED',
      exitCode: 0,
      facts: { channel: bundle.channel, entries: 7, signed_by: [SERVER_KEY.vkey], bots: [], withheld: 0 },
    });
  });

  test.each([
    ['no file', []],
    ['a file that is not there', ['nowhere.gz']],
    ['a malformed key', ['talk', '--key', 'x']],
    ['an unknown reason', ['talk', '--accept', 'everything']],
    ['an unknown option', ['talk', '--quiet']],
  ])('is not a verdict with %s', async (_, args) => {
    const { code, out, err } = await parleyVerify(...args.map((arg) => (arg === 'talk' ? file : arg)));

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toContain('    at ');
    expect(err.length).toBeGreaterThan(5);
  });

  test.each<[string, () => Uint8Array]>([
    ['a gzip bomb', () => gzipSync(Buffer.alloc(500_000_000, 0x20))],
    ['ten million entries', () => gzipSync(`{"entries":[${'{},'.repeat(10_000_000)}{}]}`)],
    ['deep lists', () => gzipSync('['.repeat(10_000_000))],
    ['one long text', () => gzipSync(`"${'a'.repeat(120_000_000)}"`)],
    ['many short texts', () => gzipSync(`[${'"ab",'.repeat(3_900_000)}"ab"]`)],
    ['many objects', () => gzipSync(`[${'{"a":1},'.repeat(1_900_000)}{}]`)],
  ])('ends with 40 and little memory for %s', async (_, make) => {
    const { code, out } = await parleyVerify(written('hostile', make()), ...KEY);

    expect(out).toContain('INVALID');
    expect(code).toBe(40);
  });
});

test('The verifier knows every kit, package and root file system that was published', () => {
  const index = JSON.parse(readFileSync('executed-texts/index.json', 'utf8'));
  // biome-ignore lint/suspicious/noExplicitAny: the form of the index is tested elsewhere
  const all = (hashesOf: (state: any) => string[]) => [...new Set<string>(index.flatMap(hashesOf))].sort();

  expect({ RUN: 'node scripts/released-texts.mjs', KITS }).toEqual({
    RUN: 'node scripts/released-texts.mjs',
    KITS: all(({ kit }) => [kit]),
  });
  expect(ROOT_FILE_SYSTEMS).toEqual(all(({ harness }) => Object.values(harness.rootfs)));
  expect(PACKAGES).toEqual(
    all(({ presets }) => presets.flatMap(({ bundled }: { bundled: object }) => Object.values(bundled))),
  );
});
