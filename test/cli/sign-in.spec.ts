import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import { postForm, signIn } from '../support/oauth.js';
import { eventually } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { startBreakingProxy } from './breaking-proxy.js';
import { Terminal } from './terminal.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: whatever was remembered
const remembered = (terminal: Terminal): any => JSON.parse(readFileSync(terminal.file(), 'utf8'));
const remember = (terminal: Terminal, grant: object) => {
  mkdirSync(dirname(terminal.file()), { recursive: true });
  writeFileSync(terminal.file(), JSON.stringify(grant), { mode: 0o600 });
};
const mode = (path: string) => statSync(path).mode & 0o777;

describe('Signing in', () => {
  test('uses the browser, and is stored so that no other user can read it', async () => {
    using alice = new Terminal(server);

    const login = await alice.run(['login', server.url]);
    const whoami = await alice.run(['whoami']);

    expect(login).toMatchObject({ exitCode: 0, stdout: `Signed in at ${server.url}.\n` });
    expect(login.stderr).toContain(`${server.url}/oauth/authorize?`);
    expect(whoami).toMatchObject({ exitCode: 0, stderr: '' });
    expect(whoami.stdout).toContain('through a browser');
    expect(mode(alice.file())).toBe(0o600);
    expect(mode(dirname(alice.file()))).toBe(0o700);
    expect(mode(dirname(dirname(alice.file())))).toBe(0o700);
    const { access_token, refresh_token } = remembered(alice);
    for (const secret of [access_token, refresh_token]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(JSON.stringify([login, whoami])).not.toContain(secret);
    }
  });

  test('prints the URL if no browser can be opened, and waits', async () => {
    using alice = new Terminal(server, { BROWSER: '/nowhere/browser' });
    const login = alice.start('login', '--json');
    const page = await new Promise<string>((found) => {
      login.process.stderr.on('data', () => {
        const url = /http:\S+authorize\S+/.exec(login.errors())?.[0];
        if (url) found(url);
      });
    });

    expect(login.errors()).toContain('Open this page');
    expect(new URL(page).searchParams.get('code_challenge_method')).toBe('S256');
    const strangers = new URL(new URL(page).searchParams.get('redirect_uri') ?? '');
    strangers.search = '?code=stolen&state=guessed';
    expect((await fetch(strangers)).status).toBe(404);
    expect((await fetch(page)).status).toBe(200);

    expect(await login.ended).toMatchObject({ exitCode: 0, json: { way: 'browser', server: server.url } });
  });

  test('that is declined says so and stores nothing', async () => {
    using alice = new Terminal(server, { BROWSER: '/nowhere/browser' });
    const login = alice.start('login');
    while (!/state=/.test(login.errors())) await new Promise((later) => login.process.stderr.once('data', later));
    const asked = new URL(/http:\S+/.exec(login.errors())?.[0] ?? '').searchParams;
    const answer = { error: 'access_denied', state: asked.get('state') ?? '', iss: server.url };

    await fetch(`${asked.get('redirect_uri')}?${new URLSearchParams(answer)}`);

    const { exitCode, stderr } = await login.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('access_denied: The sign-in was not approved.');
    expect(() => remembered(alice)).toThrow();
  });

  test('refuses an answer of another authorization server', async () => {
    using alice = new Terminal(server, { BROWSER: '/nowhere/browser' });
    const login = alice.start('login');
    while (!/state=/.test(login.errors())) await new Promise((later) => login.process.stderr.once('data', later));
    const asked = new URL(/http:\S+/.exec(login.errors())?.[0] ?? '').searchParams;
    const answer = { code: 'x', state: asked.get('state') ?? '', iss: 'https://mallory.example' };

    await fetch(`${asked.get('redirect_uri')}?${new URLSearchParams(answer)}`);

    expect(await login.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('WRONG_ISSUER') });
  });

  test('with --machine needs no browser, and is repeated automatically', async () => {
    using robot = new Terminal(server, { BROWSER: '/nowhere/browser' });

    expect((await robot.json('login', '--machine', '--name', 'robot')).way).toBe('machine');
    const created = await robot.json('create', 'Robots', 'invite:one');
    const grant = remembered(robot);
    remember(robot, { ...grant, access_token: 'pat_gone', expires_at: Date.now() + 3_600_000 });
    const { channels } = await robot.json('channels');

    expect(channels).toMatchObject([{ channel_id: created.channel_id }]);
    expect(remembered(robot).access_token).not.toBe('pat_gone');
  });

  test('with --token reads one from standard input, if the server accepts it', async () => {
    using alice = new Terminal(server);
    const { access_token } = await signIn(server.url, 'alice');

    const good = await alice.run(['login', '--token'], `${access_token}\n`);
    const whoami = await alice.run(['whoami', '--json']);
    const bad = await alice.run(['login', '--token'], 'pat_that_never_was');
    const none = await alice.run(['login', '--token'], 'two words');

    expect(good).toMatchObject({ exitCode: 0, stderr: '' });
    expect(whoami.json).toMatchObject({ way: 'token' });
    expect(bad).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('INVALID_TOKEN') });
    expect(none.exitCode).toBe(2);
    expect(remembered(alice).access_token).toBe(access_token);
    expect(JSON.stringify([good, whoami, bad])).not.toContain(access_token);
  });

  test('is stored per server and profile', async () => {
    using alice = new Terminal(server);
    await alice.json('login', '--profile', 'work');

    const other = await alice.run(['whoami']);
    const elsewhere = await alice.run(['whoami', '--profile', 'work', '--server', 'http://127.0.0.1:9']);

    expect((await alice.run(['whoami', '--profile', 'work'])).exitCode).toBe(0);
    expect(other).toMatchObject({ exitCode: 3, stdout: '' });
    expect(other.stderr).toBe(
      `NOT_SIGNED_IN: You are not signed in at ${server.url}.\nRun: parley login ${server.url}\n`,
    );
    expect(elsewhere.exitCode).toBe(3);
    expect((await alice.run(['whoami', '--profile', '../etc'])).exitCode).toBe(2);
  });
});

describe('Staying signed in', () => {
  test('refreshes an expired token before it is refused', async () => {
    using alice = new Terminal(server);
    await alice.json('login');
    const before = remembered(alice);
    remember(alice, { ...before, expires_at: Date.now() - 1 });

    expect((await alice.run(['whoami'])).exitCode).toBe(0);

    const after = remembered(alice);
    expect(after.access_token).not.toBe(before.access_token);
    expect(after.refresh_token).not.toBe(before.refresh_token);
    expect(mode(alice.file())).toBe(0o600);
  });

  test('refreshes once for five processes at the same time, and all stay signed in', async () => {
    await using proxy = await startBreakingProxy();
    const port = String(await freePort());
    await using _ = await startServer({ PUBLIC_URL: proxy.url, PORT: port });
    proxy.target = `http://127.0.0.1:${port}`;
    using alice = new Terminal(proxy);
    await alice.json('login');
    const before = remembered(alice);
    remember(alice, { ...before, access_token: 'pat_gone' });
    let refused = 0;
    let exchanges = 0;
    // The one that refreshes gets its answer when all have been refused.
    proxy.break = async ({ status }, { url = '' }) => {
      if (status === 401) refused++;
      if (url !== '/token') return;
      exchanges++;
      await eventually(async () => refused === 5);
    };

    const ends = await Promise.all(Array.from({ length: 5 }, () => alice.run(['channels', '--json'])));

    expect(ends.map(({ exitCode }) => exitCode)).toEqual(Array(5).fill(0));
    expect(exchanges).toBe(1);
    expect(remembered(alice).refresh_token).not.toBe(before.refresh_token);
    expect(readdirSync(dirname(alice.file()))).toEqual(['credentials.json']);
  });

  test('ends when the refresh token is invalid, which is reported once', async () => {
    using alice = new Terminal(server);
    await alice.json('login');
    const { client, refresh_token, ...rest } = remembered(alice);
    await postForm(`${server.url}/oauth/revoke`, { token: refresh_token, client_id: client.client_id });

    const refused = await alice.run(['channels']);
    const asJson = await alice.run(['channels', '--json']);

    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain(`Your sign-in at ${server.url} has ended.`);
    expect(JSON.parse(asJson.stderr).error).toMatchObject({ code: 'NOT_SIGNED_IN', exit_code: 3 });
    expect(refused.stderr + asJson.stderr).not.toContain(rest.access_token);
  });

  test('corrects the permissions of a file that everybody could read', async () => {
    using alice = new Terminal(server);
    await alice.json('login');
    writeFileSync(alice.file(), readFileSync(alice.file()), { mode: 0o644 });
    const { chmodSync } = await import('node:fs');
    chmodSync(alice.file(), 0o644);

    await alice.run(['whoami']);

    expect(mode(alice.file())).toBe(0o600);
  });
});

describe('Signing out', () => {
  test('ends the session at the server, and deletes it locally', async () => {
    using alice = new Terminal(server);
    await alice.json('login');
    const { access_token } = remembered(alice);

    const out = await alice.run(['logout']);

    expect(out).toMatchObject({ exitCode: 0, stdout: `Signed out of ${server.url}.\n` });
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await fetch(`${server.url}/list_channels`, { headers })).status).toBe(401);
    expect((await alice.run(['whoami'])).exitCode).toBe(3);
    expect((await alice.run(['logout'])).exitCode).toBe(0);
  });

  test('deletes it locally even if the server does not answer', async () => {
    await using gone = await startServer();
    using alice = new Terminal(gone);
    await alice.json('login');
    await gone.stop();

    const whoami = await alice.run(['whoami']);
    const out = await alice.run(['logout', '--json']);

    expect(whoami).toMatchObject({ exitCode: 4, stdout: '' });
    expect(whoami.stderr).toContain('UNREACHABLE');
    expect(out).toMatchObject({ exitCode: 0, json: { signed_in: false, server_told: false } });
    expect(() => remembered(alice)).toThrow();
  });
});
