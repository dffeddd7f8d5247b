import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS, type Person } from '../support/doors.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { Terminal } from './terminal.js';

const ECHO = `class EchoBot {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { this.ctx.post('bot', { echo: body.text }); }
}
`;

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

/** Somebody at a door of the server, who says what a terminal would rather not show. */
async function mallory(): Promise<Person> {
  const door = DOORS[0]?.[1];
  if (!door) throw new Error('no door');
  return door(server, 'mallory');
}

describe('Channels from a terminal', () => {
  test('are created, joined, used and listed', async () => {
    const created = await alice.run(['create', 'Tea', 'invite:alice', 'invite:bob', '--join']);
    const [channelId = ''] = /chn_\S+/.exec(created.stdout) ?? [];
    const [invite = ''] = /inv_\S+/.exec(created.stdout) ?? [];

    const joined = await bob.run(['join', invite]);
    const said = await bob.run(['say', channelId, 'Hello\nAlice']);
    const read = await alice.run(['watch', channelId, '--no-follow']);
    const listed = await bob.run(['channels']);

    expect(created.stdout).toContain('bob:');
    expect(joined).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('You have seat s1 in') });
    expect(said).toMatchObject({ exitCode: 0, stdout: '' });
    expect(read.stdout).toMatch(/s1 bob +Hello\n +│ Alice\n/);
    expect(listed.stdout).toMatch(new RegExp(`^${channelId}  Tea  private .*s0 alice, s1 bob`, 'm'));
  });

  test('are printed as JSON, without the rejoin token', async () => {
    const created = await alice.json('create', 'Tea', 'invite:one');

    const joined = await bob.json('join', created.invites[0]);
    const again = await bob.json('join', created.channel_id);
    const said = await bob.json('say', created.channel_id, '--body', '{"type":"note","n":1}');
    const read = await bob.run(['watch', created.channel_id, '--no-follow', '--json']);

    expect(joined).toMatchObject({ channel_id: created.channel_id, slot_id: 's0' });
    expect(again).toMatchObject({ slot_id: 's0' });
    expect(said).toMatchObject({ msg_id: expect.any(Number), replies: [] });
    expect(JSON.stringify([joined, again])).not.toContain('rejoin_');
    const lines = read.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ id: said.msg_id, sender: 's0', body: { type: 'note', n: 1 } });
  });

  test('keep the seat of a user who signs out and in again', async () => {
    using carol = new Terminal(server);
    const created = await alice.json('create', 'Tea', 'invite:one');
    await carol.json('login');
    await carol.json('join', created.invites[0]);
    await carol.json('logout');
    await carol.json('login');

    expect((await carol.run(['say', created.channel_id, 'back'])).stderr).toContain('NOT_MEMBER');
    expect(await carol.json('join', created.channel_id)).toMatchObject({ slot_id: 's0' });
    expect((await carol.run(['say', created.channel_id, 'back'])).exitCode).toBe(0);
  });

  test('show text of other people without its control characters', async () => {
    await using intruder = await mallory();
    const name = 'Tea';
    const { channel_id, invites } = await alice.json('create', name, 'invite:one', '--join', 'invite:two');
    await intruder.call('join_channel', { invite_code: invites[0] });
    const attack = '\x1b]0;owned\x07\x1b[2Jclean\r\u202egnp\ufe0f\u3164\u{e0041}';
    await intruder.call('post_message', { channel_id, body: attack });
    await intruder.call('post_message', { channel_id, body: { type: '\x1b[31m', [attack]: [attack] } });

    for (const args of [['--no-follow'], ['--no-follow', '--json']]) {
      const { stdout } = await alice.run(['watch', channel_id, ...args]);

      expect(stdout).toContain('clean');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u3164]|\ufe0f|\u{e0041}/u);
    }
  });

  test('are watched live, across a restart of the server, until Ctrl-C', async () => {
    const { channel_id } = await alice.json('create', 'Live', 'invite:one', '--join');
    const watching = alice.start('watch', channel_id);
    await alice.json('say', channel_id, 'before');
    await watching.prints('before');

    await server.crashAndRestart();
    await alice.json('say', channel_id, 'after');
    await watching.prints('after');
    watching.process.kill('SIGINT');

    const { exitCode, stdout, stderr } = await watching.ended;
    expect({ exitCode, stderr: stderr.trim() }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^(The connection was lost\. Trying again …\n?)+$/),
    });
    expect(stdout.match(/before/g)).toHaveLength(1);
    expect(stdout.match(/after/g)).toHaveLength(1);
  });

  test('that are closed end the commands that watch them', async () => {
    const { channel_id } = await alice.json('create', 'Short', 'invite:one', '--join');
    const watching = alice.start('watch', channel_id);
    await watching.prints('member_joined');
    const { access_token } = JSON.parse((await import('node:fs')).readFileSync(alice.file(), 'utf8'));

    const closed = await fetch(`${server.url}/update_channel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel_id, ops: [{ type: 'close' }] }),
    });

    expect(closed.status).toBe(200);

    expect((await watching.ended).exitCode).toBe(0);
  });
});

describe('Bots from a terminal', () => {
  test('are listed, and their code is printed', async () => {
    const list = await alice.run(['presets']);
    const guess = await alice.run(['presets', 'GuessBot']);

    expect(list.stdout).toMatch(/^GuessBot +\d/m);
    expect(guess.stdout).toContain('# GuessBot');
    expect(guess.stdout).toContain('"turn_order"');
  });

  test('are attached from a file and answer', async () => {
    const file = join(alice.home, 'echo.js');
    writeFileSync(file, ECHO);
    const { channel_id } = await alice.json('create', 'Echo', '--bot-file', file, '--join');

    const { stdout } = await alice.run(['say', channel_id, 'anybody?']);

    expect(stdout).toMatch(/bot:EchoBot +echo=anybody\?\n$/);
  });

  test('are compared with the announced hash', async () => {
    const file = join(alice.home, 'echo.js');
    writeFileSync(file, ECHO);
    const { channel_id } = await alice.json('create', 'Echo', '--bot-file', file, '--join');

    const code = await alice.json('code', channel_id, 'bot_EchoBot_0');
    const shown = await alice.run(['code', channel_id, 'bot_EchoBot_0']);

    expect(code.as_announced).toBe(true);
    expect(code.verdicts[0].computed).toBe(`sha256:${createHash('sha256').update(ECHO).digest('hex')}`);
    expect(code.verdicts.map(({ matches }: { matches: boolean }) => matches)).toEqual([true, true]);
    expect(shown.stdout).toContain("this.ctx.post('bot', { echo: body.text })");
  });

  test('are played with by two pipes, each line in the player’s turn', async () => {
    const params = JSON.stringify({ range: [1, 3] });
    const created = await alice.json('create', 'Race', '--preset', 'GuessBot', '--params', params);
    const [first, second] = created.invites;
    const players = [alice, bob].map((player, i) => ({ player, running: player.start('play', [first, second][i]) }));
    for (const { running } of players) running.process.stdin.end('2\n1\n3\n1\n3\n');

    const ends = await Promise.all(players.map(({ running }) => running.ended));

    expect(ends.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual([
      { exitCode: 0, stderr: expect.not.stringContaining('Error') },
      { exitCode: 0, stderr: expect.not.stringContaining('Error') },
    ]);
    const all = ends.map(({ stdout }) => stdout).join('');
    expect(all).toMatch(/\[judge\] .*result=correct/);
    expect(all).not.toContain('[violation]');
  });

  test('are shown and answered line by line', async () => {
    const { channel_id } = await alice.json('create', 'Talk', 'invite:one', '--join');
    const playing = alice.start('play', channel_id);
    await playing.prints('member_joined');

    playing.process.stdin.write('hello\n');
    await playing.prints(/s0 alice +hello/);
    playing.process.stdin.write('/quit\n');

    expect((await playing.ended).exitCode).toBe(0);
  });
});

describe('An error', () => {
  test.each([
    ['a command that is invalid', ['dance'], 2, "unknown command 'dance'"],
    ['an option that is invalid', ['channels', '--colour'], 2, "unknown option '--colour'"],
    ['too many words', ['channels', 'please'], 2, 'too many arguments'],
    ['too few', ['join'], 2, "missing required argument 'code'"],
    ['JSON that is invalid', ['say', 'chn_1', '--body', '{'], 2, 'It must be a JSON object'],
    ['nothing to say', ['say', 'chn_1'], 2, 'USAGE: Give a text'],
    ['a file that is not there', ['create', 'X', '--bot-file', '/nowhere'], 2, 'USAGE: The file'],
    ['a server that is no address', ['channels', '--server', 'ftp://x'], 2, 'USAGE: The server must be an address'],
    [
      'an invite that is invalid',
      ['join', 'inv_never_was'],
      1,
      'INVITE_INVALID: This invite is unknown, used or revoked',
    ],
    ['somebody else’s channel', ['watch', 'chn_nobody_knows'], 1, 'NOT_MEMBER: You have no seat'],
    ['a bot that is invalid', ['create', 'X', '--preset', 'NoBot'], 1, 'there is no such bot preset'],
  ])('%s is printed, with its exit code', async (_, args, exitCode, sentence) => {
    const ended = await alice.run(args);

    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toContain(sentence);
  });

  test('is printed as JSON for programs', async () => {
    const { exitCode, stderr, stdout } = await alice.run(['join', 'inv_never_was', '--json']);

    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'INVITE_INVALID', message: expect.any(String), fix: expect.any(String), exit_code: 1 },
    });
  });

  test('of a page that is not a Parley server does not contain text of that page', async () => {
    const { createServer } = await import('node:http');
    const page = createServer((_, response) => response.end('<html>\x1b[2J')).listen(0, '127.0.0.1');
    await eventually(async () => page.listening);
    const url = `http://127.0.0.1:${(page.address() as { port: number }).port}`;

    const { exitCode, stderr } = await alice.run(['login', url]);
    page.close();

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`NO_SIGN_IN: ${url} publishes no sign-in metadata.\nRun: parley doctor ${url}`);
  });
});

test('The tools of the server are listed with their schemas', async () => {
  const { tools } = await alice.json('tools');
  const shown = await alice.run(['tools']);

  expect(tools.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['create_channel', 'sync_messages']),
  );
  expect(tools[0].inputSchema.type).toBe('object');
  expect(shown.stdout).toContain('create_channel\n');
});

test('The command prints its help and version without a server', async () => {
  using nobody = new Terminal({ url: 'http://127.0.0.1:9' });

  expect((await nobody.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await nobody.run(['play', '--help'])).exitCode).toBe(0);
});
