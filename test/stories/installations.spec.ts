import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { findInStream } from '../support/find-in-stream.js';
import { ofType, readAll, readUntil, say } from '../support/game.js';
import { INSTALLATIONS, type Installation, type InstallationFacts, installation } from '../support/installation.js';
import { canonical, sha256 } from '../support/longhand.js';
import { bearer, token } from '../support/oauth.js';
import { eventually } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS } from '../support/sandboxed-server.js';
import { MAIN, type RunningServer, startServer } from '../support/server.js';
import { stored } from '../support/stored.js';
import { type StoredEntry, secretOf } from '../support/stored-log.js';

const [[, rest]] = DOORS as [[string, Door]];

/** A server on a data folder that an earlier one has left, and those who use it. */
interface Moved extends AsyncDisposable {
  readonly server: RunningServer;
  readonly facts: InstallationFacts;
  readonly dataDir: string;
  readonly alice: Person;
  readonly bob: Person;
}

async function moveIn(name: string, env: Record<string, string> = {}, main = MAIN): Promise<Moved> {
  const { dataDir, facts, ...kept }: Installation = installation(name);
  const server = await startServer({ ...env, DATA_DIR: dataDir }, main);
  const { alice, bob } = facts.people;
  return {
    server,
    facts,
    dataDir,
    alice: await rest(server, 'alice', alice.access_token),
    bob: await rest(server, 'bob', bob.access_token),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await server[Symbol.asyncDispose]();
      kept[Symbol.dispose]();
    },
  };
}

describe.each(INSTALLATIONS)('An installation of version %s, started with this version', (name) => {
  let moved: Moved;
  beforeAll(async () => {
    moved = await moveIn(name);
  });
  afterAll(async () => await moved[Symbol.asyncDispose]());

  test('returns the same data as before', async () => {
    const { facts, bob } = moved;

    for (const [what, channel_id] of Object.entries(facts.channels)) {
      const { count = 0, hash } = facts.said[what] ?? {};
      const messages = (await readAll(bob, channel_id)).slice(0, count);
      const told = messages.map(({ id, ts, sender, kind, body }) => [id, ts, sender, kind, JSON.stringify(body)]);
      expect([what, createHash('sha256').update(JSON.stringify(told)).digest('hex')]).toEqual([what, hash]);
    }
  });

  test('can finish its guessing game, and the reveal matches the commitment', async () => {
    await endGuessing(moved, moved.facts.channels.guess as string);
  });

  test('can finish its blackjack hand and verify it', async () => {
    const { alice, facts } = moved;
    const id = facts.channels.blackjack as string;

    for (let turn = await turnAt(moved, id); turn; turn = await turnAt(moved, id)) await say(turn.person, id, 'stand');

    const messages = await readUntil(alice, id, 'bot:reveal', (await handsOf(alice, id)).length);
    const hand_id = ofType(messages, 'bot:reveal').at(-1)?.body.hand_id;
    expect(ofType(messages, 'results').at(-1)?.body).toMatchObject({ hand_id });
    const [verification] = await say(alice, id, `verify ${hand_id}`);
    expect(verification?.body).toMatchObject({ type: 'verification', hand_id, ok: true });
  });

  test('resumes a paused bot, which gets the messages posted in the meantime', async () => {
    const { alice, facts } = moved;
    const channel_id = facts.channels.paused as string;
    const judged = async () => ofType(await readAll(alice, channel_id), 'judge').map(({ body }) => body.player);
    expect(await judged()).toEqual(['s1']);

    await alice.call('debug_bot', { channel_id, bot_id: 'bot_GuessBot_0', action: 'toggle_pause' });

    await eventually(async () => (await judged()).at(-1) === 's2');
    await endGuessing(moved, channel_id);
  });

  test('fires the timer that was due', async () => {
    const { alice, facts } = moved;

    const messages = await readUntil(alice, facts.channels.timer as string, 'rang');

    expect(ofType(messages, 'rang').map(({ body }) => body.name)).toEqual(['due']);
  });

  test('keeps the state of its inline bots, including one with a package, and their secrets', async () => {
    const { alice, facts } = moved;
    const { script, packaged, secret } = facts.channels as Record<string, string>;

    expect((await say(alice, script as string, 'count'))[0]?.body).toMatchObject({ count: 2 });
    expect((await say(alice, packaged as string, 'count'))[0]?.body).toMatchObject({ sum: '0.2' });
    expect((await say(alice, secret as string, 'hash'))[0]?.body).toMatchObject({ hash: facts.secretHash });
  });

  test('recognises the MCP session, and what it is subscribed to', async () => {
    const { server, facts, bob } = moved;
    const { id, uri } = facts.session;
    const headers = { ...bearer(facts.people.alice), 'mcp-session-id': id };
    const mcp = `${server.url}/mcp`;

    expect(await post(mcp, request('ping'), headers)).toMatchObject({ status: 200, message: { result: {} } });
    const stream = await fetch(mcp, { headers: { ...headers, accept: 'text/event-stream' } });
    await say(bob, facts.channels.guess as string, 'well played');

    expect(await heardIn(stream, 'notifications/resources/updated')).toContain(uri);
  });

  test('accepts its tokens, and refreshes them', async () => {
    const { server, facts } = moved;

    for (const { client_id, access_token, refresh_token } of Object.values(facts.people)) {
      const listed = await fetch(`${server.url}/list_channels`, { headers: bearer({ access_token }) });
      const refreshed = await token(server.url, { grant_type: 'refresh_token', client_id, refresh_token });
      const next = (await refreshed.json()) as { access_token: string };
      const again = await fetch(`${server.url}/list_channels`, { headers: bearer(next) });
      expect([listed.status, refreshed.status, again.status]).toEqual([200, 200, 200]);
    }
  });

  test('reports no changed code, and the hash of every log entry can be recomputed', async () => {
    const entries = stored(moved.dataDir, (database) =>
      database.prepare('SELECT * FROM entry ORDER BY channel_id, seq').all(),
    ) as StoredEntry[];

    expect(entries.length).toBeGreaterThan(100);
    for (const { header, opening, salt, leaf_hash } of entries) {
      expect(leaf_hash).toBe(`sha256:${sha256(Uint8Array.of(0), header)}`);
      const commit = sha256('parley-body-v1', Buffer.from(salt, 'hex'), opening);
      expect([header, JSON.parse(header).body_commit]).toEqual([canonical(JSON.parse(header)), `sha256:${commit}`]);
    }
    expect(ended(entries)).toEqual([]);
  });
});

describe.each(INSTALLATIONS)('An installation of version %s with open games, another kit and newer presets', (name) => {
  test('continues each game with the source that was announced, on the new kit', async () => {
    using other = otherRelease();
    await using moved = await moveIn(name, { PRESETS_DIR: other.presets }, other.main);
    const { alice, facts } = moved;
    const { guess, script } = facts.channels as Record<string, string>;

    await endGuessing(moved, guess as string);
    const counted = await say(alice, script as string, 'count');

    expect(ofType(counted, 'counted').at(0)?.body).toMatchObject({ count: 2 });
    for (const id of [guess, script] as string[]) {
      const announced = ofType(await readAll(alice, id), 'bot:runtime');
      expect(announced).toHaveLength(1);
      expect(announced[0]?.body.bundle_hash).not.toBe(announced[0]?.body.old_bundle_hash);
    }
    const { version } = await alice.call('get_preset', { name: 'GuessBot' });
    expect(version).toBe('99.0.0');
  });
});

describeWithDocker('In containers', () => {
  test.each(INSTALLATIONS)('the bots of %s keep their state', async (name) => {
    await using moved = await moveIn(name, IN_CONTAINERS);
    const { alice, facts } = moved;
    const { script, packaged, secret, python } = facts.channels as Record<string, string>;

    expect(ofType(await say(alice, script as string, 'count'), 'counted')[0]?.body).toMatchObject({ count: 2 });
    expect(ofType(await say(alice, packaged as string, 'count'), 'counted')[0]?.body).toMatchObject({ sum: '0.2' });
    expect(ofType(await say(alice, secret as string, 'hash'), 'hashed')[0]?.body).toMatchObject({
      hash: facts.secretHash,
    });
    if (python) expect(ofType(await say(alice, python, 'count'), 'counted')[0]?.body).toMatchObject({ count: 2 });
  });
});

/** Whoever is to guess names the number, which only the database knows. */
async function endGuessing(moved: Moved, id: string) {
  const { target } = secretOf(moved.dataDir, id);
  const turn = await turnAt(moved, id);

  await say(turn?.person as Person, id, `guess ${target}`);

  const messages = await readUntil(moved.bob, id, 'end');
  const commit = ofType(messages, 'bot:commit').at(-1);
  const [reveal] = ofType(messages, 'bot:reveal');
  expect(reveal?.body).toMatchObject({ target, verified: true, commit: commit?.body.commit });
  expect(sha256(`${target}|${reveal?.body.nonce}`)).toBe(commit?.body.commit);
  expect(ofType(messages, 'game_end')[0]?.body).toMatchObject({ winner: turn?.seat, target });
  expect(ofType(messages, 'round:end')).toHaveLength(1);
}

/** Whose move it is; undefined where it is nobody's any more. */
async function turnAt({ alice, bob }: Moved, id: string) {
  const messages = await readAll(alice, id);
  const turns = messages.filter(({ body }) => ['bot:turn', 'results', 'end'].includes(body.type));
  const { type, player } = turns.at(-1)?.body ?? {};
  return type === 'bot:turn' ? { seat: player as string, person: player === 's1' ? alice : bob } : undefined;
}

const handsOf = async (person: Person, id: string) => ofType(await readAll(person, id), 'deal');

/** What a bot was refused: that its code is another, or whatever else ended a hook. */
const ended = (entries: readonly StoredEntry[]) =>
  entries
    .map(({ opening }) => JSON.parse(opening).body)
    .filter(({ type, code }) => type === 'bot:error' && code !== 'SANDBOX_UNAVAILABLE');

const heardIn = (stream: Response, method: string): Promise<string> =>
  findInStream(stream, (heard) => heard.split('\n').find((each) => each.startsWith('data:') && each.includes(method)));

/** The built server with one more line in its kit, and presets of which each has a new version and another source. */
function otherRelease() {
  const built = mkdtempSync(resolve('dist', 'other-'));
  const presets = mkdtempSync(join(tmpdir(), 'parley-presets-'));
  for (const folder of ['src', 'bot-sdk', 'cli'])
    cpSync(resolve('dist', folder), join(built, folder), { recursive: true });
  const kit = join(built, 'bot-sdk', 'kit', 'main.js');
  writeFileSync(kit, changed(readFileSync(kit, 'utf8'), /export const MAIN = [^`]*`/, '$&// Another kit.\n'));
  cpSync(resolve('bot-presets'), presets, { recursive: true });
  for (const folder of ['guess', 'blackjack']) {
    const manifest = join(presets, folder, 'manifest.json');
    const source = join(presets, folder, 'bot.js');
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version: '99.0.0' }));
    writeFileSync(
      source,
      changed(readFileSync(source, 'utf8'), 'onJoin(player) {', 'onJoin() {}\n\n  onSomething(player) {'),
    );
  }
  return {
    main: join(built, 'src', 'main.js'),
    presets,
    [Symbol.dispose]() {
      rmSync(built, { recursive: true });
      rmSync(presets, { recursive: true });
    },
  };
}

function changed(text: string, what: string | RegExp, into: string): string {
  const after = text.replace(what, into);
  if (after === text) throw new Error(`there is no ${what} any more`);
  return after;
}
