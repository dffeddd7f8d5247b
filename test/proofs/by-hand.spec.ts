import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { openGame, say } from '../support/game.js';
import { secretOf } from '../support/stored-log.js';
import { bodiesOf, type Exported, exported } from '../support/transcripts.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

describe('The commands of the readme in a transcript', () => {
  let folder: string;
  let transcript: Exported;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-by-hand-'));
    const [[, door]] = DOORS as [(typeof DOORS)[number]];
    await using game = await openGame(server, door, { range: [1, 1_000_000_000] }, [
      'a coin',
      'ein Würfel',
      '👑 "a" \\ card',
    ]);
    await say(game.alice, game.channelId, { type: 'note', ключ: [1.5, -0, null, true, { é: '\u2028€\t' }] });
    await say(game.alice, game.channelId, `guess ${secretOf(server.dataDir, game.channelId).target}`);
    transcript = await exported(game.bob, game.channelId);
    writeFileSync(join(folder, 'file.gz'), transcript.file);
    run('FILE=file.gz', /gunzip/);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the block of the readme that contains something, and returns the lines that it prints. */
  function run(variables: string, block: RegExp): string[] {
    const blocks = transcript.bundle.readme.match(/(?:^ {4}.*\n)+/gm) ?? [];
    const found = blocks.filter((text) => block.test(text));
    if (found.length !== 1) throw new Error(`${found.length} blocks contain ${block}`);
    const { stdout, stderr, status } = spawnSync('sh', ['-euc', `${variables}\n${found[0]}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${found[0]}\nended with ${status}: ${stderr}${stdout}`);
    return stdout.trimEnd().split('\n');
  }
  const hex = (line = '') => /[0-9a-f]{64}/.exec(line)?.[0];

  test('compute the leaf hash of each entry', () => {
    for (const [i, { leaf }] of transcript.bundle.entries.entries()) {
      const [computed, given] = run(`N=${i + 1}`, /\.leaf"/);
      expect([`sha256:${hex(computed)}`, given]).toEqual([leaf, leaf]);
    }
  });

  test('compute the commitment of each opening', () => {
    for (const [i, { header }] of transcript.bundle.entries.entries()) {
      const [computed, given] = run(`N=${i + 1}`, /body_commit/);
      expect([`sha256:${hex(computed)}`, given]).toEqual([header.body_commit, header.body_commit]);
    }
  });

  test('compute the root, and find that it is the one of the checkpoint', () => {
    const [computed, given] = run('', /sub root/);
    expect(computed).toMatch(/^[\w+/]{43}=$/);
    expect(computed).toBe(given);
  });

  test('verify the signature of the checkpoint, and refuse another text', () => {
    const checked = run('', /openssl pkeyutl/);
    expect(checked.at(-1)).toContain('Verified Successfully');

    const forged = () => run('jq() { command jq "$@" | sed \'s/^[0-9]*$/7/\'; }', /openssl pkeyutl/);
    expect(forged).toThrow('Verification Failure');
  });

  test('show each revealed seed with its commitment, and compute it', () => {
    const [reveal] = bodiesOf(transcript.bundle, 'round:reveal');
    const [line = ''] = run('', /round:reveal/);
    const [botId, round, seed, commit] = line.split('\t');

    expect([botId, Number(round), seed, commit]).toEqual([
      reveal.bot_id,
      reveal.round,
      reveal.seed,
      reveal.seed_commit,
    ]);
    expect(`sha256:${hex(run(`SEED=${seed}`, /parley-seed-v1/)[0])}`).toBe(commit);
  });

  test('compute the hash of each source', () => {
    const lines = run('', /sources/);
    expect(lines).toHaveLength(1);
    for (const line of lines) {
      const [announced, computed] = line.split(' ');
      expect(`sha256:${computed}`).toBe(announced);
    }
  });
});
