import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, startServer } from '../support/server.js';
import { Terminal } from './terminal.js';

const ECHO = `class EchoBot {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { console.log('heard', body.text); if (body.text === 'fail') throw new Error('as asked'); }
  onPrivateMessage(player, { body }) { this.ctx.post('bot', { told: body.text }, { to: player }); }
}
`;

let server: RunningServer;
let alice: Terminal;
let bob: Terminal;
let file: string;
beforeAll(async () => {
  server = await startServer();
  alice = new Terminal(server);
  bob = new Terminal(server);
  await Promise.all([alice.json('login', '--name', 'alice'), bob.json('login', '--name', 'bob')]);
  file = join(alice.home, 'echo.js');
  writeFileSync(file, ECHO);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const terminal of [alice, bob]) terminal[Symbol.dispose]();
});

const SLOTS = ['bot:referee', 'invite:north', 'invite:player two'];

async function opened(...slots: string[]) {
  const created = await alice.json('create', 'Tea', ...(slots.length ? slots : SLOTS), '--bot-file', file, '--join');
  return { id: created.channel_id as string, invites: created.invites as string[] };
}

/** What `play` prints and refuses when these lines are piped in. */
const played = (id: string, ...lines: string[]) => alice.run(['play', id], `${lines.join('\n')}\n`);
const textsIn = async (id: string) => {
  const { stdout } = await alice.run(['watch', id, '--no-follow', '--json']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'user' || kind === 'private');
};

describe('A line that begins with a slash', () => {
  test.each(['/roll 3', '/dn referee my secret', '//x', '/dm', '/dm referee', '/msg referee hi', '/quit now'])(
    'is refused and not posted if it is no command: %s',
    async (line) => {
      const { id } = await opened();

      const ended = await played(id, line, 'not said either');

      expect(ended.exitCode).toBe(2);
      expect(ended.stderr).toMatch(/^USAGE: .*\n/);
      expect(await textsIn(id)).toEqual([]);
    },
  );

  test('is refused by say too, which would post it to everyone', async () => {
    const { id } = await opened();

    const ended = await alice.run(['say', id, '/dm referee my secret']);

    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--to WHO') });
    expect(await textsIn(id)).toEqual([]);
  });

  test('can be posted as an object', async () => {
    const { id } = await opened();

    expect((await played(id, '{"text":"/roll"}')).exitCode).toBe(0);

    expect(await textsIn(id)).toMatchObject([{ body: { text: '/roll' }, to_slot: null }]);
  });

  test('runs commands that list the commands, the members and the code', async () => {
    const { id } = await opened();

    const ended = await played(id, '/help', '/who', '/code', '/quit', 'not said');

    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain('/dm WHO WORDS');
    expect(ended.stdout).toMatch(/^s1 +north +alice \(you\)$/m);
    expect(ended.stdout).toMatch(/^s0 +referee +EchoBot .*, a bot \(bot_EchoBot_0\)$/m);
    expect(ended.stdout).toMatch(/^s2 +player two +free$/m);
    expect(ended.stdout).toContain('class EchoBot');
    expect(await textsIn(id)).toEqual([]);
  });
});

describe('The recipient of a message', () => {
  test.each(['s0', 'referee', 'EchoBot', 'echobot', 'bot:referee', 'bot_EchoBot_0'])(
    'is a bot if named by %s',
    async (word) => {
      const { id } = await opened();

      const ended = await played(id, `/dm ${word} psst`);

      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await textsIn(id)).toMatchObject([
        { body: { text: 'psst' }, to_slot: 'bot_EchoBot_0' },
        { body: { told: 'psst' } },
      ]);
    },
  );

  test.each(['s2', '"player two"', 'bob', 'Bob'])('is a member if named by %s', async (word) => {
    const { id, invites } = await opened();
    await bob.json('join', invites[0] ?? '');

    expect((await played(id, `/dm ${word} psst`)).exitCode).toBe(0);

    expect(await textsIn(id)).toMatchObject([{ to_slot: 's2', body: { text: 'psst' } }]);
  });

  test('that matches two members is an error, which lists both', async () => {
    using mallory = new Terminal(server);
    await mallory.json('login', '--name', 'NORTH');
    const { id, invites } = await opened();
    await mallory.json('join', invites[0] ?? '');

    const ended = await alice.run(['say', id, 'psst', '--to', 'north', '--json']);

    expect(ended.exitCode).toBe(1);
    expect(JSON.parse(ended.stderr).error).toMatchObject({
      code: 'AMBIGUOUS',
      candidates: ['s1 (alice)', 's2 (NORTH)'],
    });
    expect(await textsIn(id)).toEqual([]);
  });

  test('is the seat with that id, even if another seat has the same label', async () => {
    const { id, invites } = await opened('bot:b', 'invite:me', 'invite:x', 'invite:s2');
    await bob.json('join', invites[1] ?? '');

    const ended = await alice.run(['say', id, 'psst', '--to', 's2']);

    expect(ended.exitCode).toBe(0);
    expect(await textsIn(id)).toMatchObject([{ to_slot: 's2' }]);
  });

  test('that does not match is an error, which lists all candidates', async () => {
    const { id } = await opened();

    const ended = await alice.run(['say', id, 'psst', '--to', 'carol']);

    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('There is no seat or bot "carol" here');
    expect(ended.stderr).toContain('candidates: s1 (alice), s2 (player two, free), bot_EchoBot_0 (s0 referee)');
  });
});

describe('A bot', () => {
  test.each([[[]], [['s0']], [['referee']], [['EchoBot']]])('is printed for %j', async (word) => {
    const { id } = await opened();

    const { exitCode, stdout } = await alice.run(['code', id, ...word]);

    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('class EchoBot') });
  });

  test('shows its output and its failures', async () => {
    const { id } = await opened();
    await alice.run(['say', id, 'one']);
    await alice.run(['say', id, 'fail']);

    const shown = await alice.run(['logs', id, 'referee']);
    const { logs, errors } = await alice.json('logs', id);

    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(
      /Run \d+\n {2}heard one\nRun \d+\n {2}heard fail\n {2}BOT_THREW in on_message: .*as asked.*\(line (\d+)\)\n +\1 \| .*throw/,
    );
    expect(logs.map(({ lines }: { lines: string[] }) => lines)).toEqual([['heard one'], ['heard fail']]);
    expect(errors).toMatchObject([{ code: 'BOT_THREW' }]);
  });

  test('can be named without a channel if the user has only one channel', async () => {
    using carol = new Terminal(server);
    await carol.json('login', '--name', 'carol');
    const created = await carol.json('create', 'Own', 'bot:b', 'invite:c', '--bot-file', file, '--join');
    await carol.run(['say', created.channel_id, 'one']);

    expect((await carol.run(['logs', 'EchoBot'])).stdout).toContain('heard one');
    expect((await carol.run(['who'])).stdout).toContain(created.channel_id);
    expect((await alice.run(['who'])).stderr).toContain('You have seats in several channels');
  });

  test('that is not allowed is refused with all facts of the server’s error', async () => {
    const bad = join(alice.home, 'bad.js');
    writeFileSync(bad, `import fs from 'left-pad';\n${ECHO}`);

    const told = await alice.run(['create', 'X', '--bot-file', bad]);
    const json = await alice.run(['create', 'X', '--bot-file', bad, '--json']);

    expect(told.stderr).toMatch(/^MODULE_NOT_ALLOWED: .*left-pad \(line 1\)$/m);
    expect(told.stderr).toMatch(/^ {2}module: left-pad$/m);
    expect(told.stderr).toMatch(/^ {2}allowed: bot-sdk, .*zod.*$/m);
    expect(JSON.parse(json.stderr).error).toMatchObject({
      code: 'MODULE_NOT_ALLOWED',
      module: 'left-pad',
      allowed: expect.arrayContaining(['bot-sdk', 'zod']),
    });
  });

  test('gets the manifest file that is given, which must be JSON', async () => {
    const manifest = join(alice.home, 'manifest.json');
    writeFileSync(manifest, JSON.stringify({ name: 'Named', emits: ['bot:turn'] }));
    const bad = join(alice.home, 'bad.json');
    writeFileSync(bad, '{');

    const { channel_id } = await alice.json('create', 'M', '--bot-file', file, '--manifest', manifest, '--join');
    const { bots } = await alice.json('who', channel_id);
    const refused = await alice.run(['create', 'M', '--bot-file', file, '--manifest', bad]);
    const alone = await alice.run(['create', 'M', '--manifest', manifest]);

    expect(bots).toMatchObject([{ name: 'Named', manifest: { emits: ['bot:turn'] } }]);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('is not valid JSON')]);
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('--bot-file')]);
  });

  test('that is no preset is refused, and the error lists the presets', async () => {
    const { stderr } = await alice.run(['create', 'X', '--preset', 'PokerBot']);

    expect(stderr).toMatch(/^ {2}presets: .*GuessBot/m);
  });
});

describe('The list of members after joining', () => {
  test('names those who are there', async () => {
    const { invites } = await opened();

    const { stdout } = await bob.run(['join', invites[0] ?? '']);

    expect(stdout).toMatch(/^With you: s0 EchoBot \(a bot\), s1 alice$/m);
    expect(stdout).not.toContain('Free:');
  });

  test('is empty in an empty channel', async () => {
    const { invites } = await alice.json('create', 'Empty', 'invite:a', 'invite:b');

    const { stdout } = await bob.run(['join', invites[0]]);

    expect(stdout).toContain('No other member is here yet.\nFree: s1 b\n');
    expect(stdout).not.toContain('With you');
  });

  test('shows joins and leaves as sentences', async () => {
    const { id } = await opened();

    const { stdout } = await alice.run(['watch', id, '--no-follow']);

    expect(stdout).toMatch(/\[channel_created\] “Tea” is open, and private$/m);
    expect(stdout).toMatch(/\[member_joined\] alice took the seat s1 \(north\)$/m);
    expect(stdout).toMatch(/\[bot:attach\] EchoBot 1\.0\.0 is the bot in s0 code_hash=sha256:/m);
  });
});

test('Two profiles have different names, and a given name takes precedence', async () => {
  using terminal = new Terminal(server);
  const nameOf = async (profile: string, ...more: string[]) => {
    await terminal.json('login', '--profile', profile, ...more);
    return (await terminal.json('whoami', '--profile', profile)).name;
  };

  const names = [
    await nameOf('default'),
    await nameOf('desk'),
    await nameOf('phone', '--machine'),
    await nameOf('a-player-of-the-tournament-1'),
    await nameOf('a-player-of-the-tournament-2'),
  ];

  expect(names.slice(0, 3)).toEqual(['Parley CLI', 'desk Parley CLI', 'phone Parley CLI']);
  expect(new Set(names).size).toBe(5);
  expect(await nameOf('other', '--name', 'Olivia')).toBe('Olivia');
});

test('A turn is announced with its deadline', async () => {
  const { channel_id, invites } = await alice.json('create', 'Race', '--preset', 'GuessBot', '--join');
  const playing = alice.start('play', channel_id);
  await playing.prints('member_joined');
  const other = bob.start('play', invites[0]);
  try {
    const all = await Promise.race([playing.prints(/It is your turn.*\n/), other.prints(/It is your turn.*\n/)]);

    expect(all).toMatch(/It is your turn, until \d\d:\d\d:\d\d \(\d+ \w+ left\)\.\n/);
    expect(all).toMatch(/\[bot:turn\] it is the turn of (alice|bob) \(s[12]\), until /);
  } finally {
    for (const { process } of [playing, other]) process.kill('SIGINT');
    await Promise.all([playing.ended, other.ended]);
  }
});
