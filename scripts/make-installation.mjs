// Creates the data folder of a used server as a fixture for upgrade tests: `node scripts/make-installation.mjs <name>
// [checkout]`. The folder is test/fixtures/installations/<name>; the server is the one built in the checkout, by
// default this one. This one is built in any case.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { JAVASCRIPT_BOT, PACKAGED_BOT, PYTHON_BOT, SECRET_BOT, TIMER_BOT } from './installation/bots.mjs';
import { signIn, standingSession } from './installation/people.mjs';

const FOLDER = 'test/fixtures/installations';
const START_MS = 60_000;
const PATIENT = 86_400;

async function make(name, checkout) {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-installation-'));
  const server = await startServer(checkout, dataDir);
  try {
    const facts = await live(server.url);
    await server.stop();
    await settle(dataDir, facts);
    const target = join(FOLDER, name);
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const file of readdirSync(dataDir)) {
      if (!/-(wal|shm)$|\.lock$/.test(file)) copyFileSync(join(dataDir, file), join(target, file));
    }
    writeFileSync(join(target, 'installation.json'), `${JSON.stringify(facts, null, 2)}\n`);
    return target;
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The actions of the users before the server stops. The timer is set last, so that it is due after the restart. */
async function live(url) {
  const [alice, bob] = [await signIn(url, 'alice'), await signIn(url, 'bob')];
  const room = (channel) => openRoom(alice, bob, channel);
  const guessing = { bot_preset: 'GuessBot', bot_params: { range: [1, 1_000_000_000], timeout_s: PATIENT } };
  const facts = { url, people: { alice: alice.tokens, bob: bob.tokens }, channels: {} };
  const { channels } = facts;

  channels.guess = await room(guessing);
  await say(alice, channels.guess, 'guess 500000000');
  channels.paused = await room(guessing);
  await say(alice, channels.paused, 'guess 500000000');
  await alice.call('debug_bot', { channel_id: channels.paused, bot_id: 'bot_GuessBot_0', action: 'toggle_pause' });
  // A bot that was paused during a game starts a new one, so it is the first player's turn.
  await say(alice, channels.paused, 'guess 400000000');
  await say(bob, channels.paused, 'guess 250000000');
  channels.blackjack = await openHand(alice, bob, room);
  channels.finished = await room(guessing);
  await say(alice, channels.finished, 'guess 500000000');
  await say(bob, channels.finished, 'concede');

  channels.script = await room({ bot_code: JAVASCRIPT_BOT });
  await say(alice, channels.script, 'count');
  channels.packaged = await room({ bot_code: PACKAGED_BOT });
  await say(alice, channels.packaged, 'count');
  const KEY = randomBytes(18).toString('base64url');
  facts.secretHash = createHash('sha256').update(KEY).digest('hex');
  channels.secret = await room({
    bot_code: SECRET_BOT,
    bot_manifest: { name: 'Keeper', needs_env: ['KEY'] },
    bot_env: { KEY },
  });
  await say(alice, channels.secret, 'hash');
  const python = await room({ bot_code: PYTHON_BOT }).catch((error) => error);
  if (typeof python === 'string') {
    channels.python = python;
    await say(alice, python, 'count');
  }
  facts.session = await standingSession(url, alice.tokens, `parley://channel/${channels.guess}`);

  channels.timer = await room({ bot_code: TIMER_BOT });
  facts.said = Object.fromEntries(
    await Promise.all(Object.entries(channels).map(async ([name, id]) => [name, await everythingSaid(bob, id)])),
  );
  await say(alice, channels.timer, 'set');
  facts.madeAt = Date.now();
  return facts;
}

/** A table with a hand in which a player must act; a hand that ends when it is dealt is followed by another one. */
async function openHand(alice, bob, room) {
  const bot_params = { chips: 10_000, decision_s: PATIENT, betting_s: PATIENT, idle_s: PATIENT };
  const id = await room({ bot_preset: 'BlackjackBot', bot_params });
  for (;;) {
    await say(alice, id, 'seed alice');
    await say(alice, id, 'bet 10');
    const dealt = await say(bob, id, 'bet 5');
    if (dealt.some(({ body }) => body.type === 'bot:turn')) return id;
  }
}

async function openRoom(alice, bob, channel) {
  const slots = ['bot:referee', 'invite:alice', 'invite:bob'];
  const { channel_id, invites } = await alice.call('create_channel', { name: 'Room', slots, ...channel });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  return channel_id;
}

const say = async (person, channel_id, body) =>
  (await person.call('post_message', { channel_id, body, wait_ms: 30_000 })).replies;

/** The number of messages that a user may read in a channel, and a hash of their content, senders and times. */
async function everythingSaid(person, channel_id) {
  const { messages } = await person.call('get_messages', { channel_id, since_id: 0, limit: 500 });
  const told = messages.map(({ id, ts, sender, kind, body }) => [id, ts, sender, kind, JSON.stringify(body)]);
  return { count: told.length, hash: createHash('sha256').update(JSON.stringify(told)).digest('hex') };
}

/** Merges the three database files into one, and checks that it contains what the fixture is for. */
async function settle(dataDir, { channels }) {
  const { sqliteOptions } = await import('../dist/src/platform/database/sqlite.js');
  const { driver: Driver } = sqliteOptions('', {});
  const database = new Driver(join(dataDir, 'parley.sqlite'));
  const due = database.prepare('SELECT count(*) FROM bot_timer WHERE channel_id = ? AND fired_seq IS NULL');
  if (due.pluck().get(channels.timer) !== 1)
    throw new Error('the timer fired before the server was stopped: try again');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM;');
  database.close();
}

async function startServer(checkout, dataDir) {
  const child = spawn(process.execPath, [resolve(checkout, 'dist/src/main.js')], {
    cwd: dataDir,
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn', REFRESH_TOKEN_DAYS: '90' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((answer, fail) => {
    const late = setTimeout(() => fail(new Error('the server does not start')), START_MS);
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      const found = /Docs\s+(http:\/\/\S+)\/docs/.exec(out)?.[1];
      if (!found) return;
      clearTimeout(late);
      answer(found);
    });
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { url, stop };
}

const [name, checkout = '.'] = process.argv.slice(2);
if (!/^[\w.-]+$/.test(name ?? '') || !existsSync(join(checkout, 'dist/src/main.js'))) {
  console.error('node scripts/make-installation.mjs <name> [checkout]: the checkout is built with npm run build.');
  process.exit(2);
}
console.log(await make(name, checkout));
