import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Holder, logIn, signInAs, signUp, WITH_ACCOUNTS } from '../support/accounts.js';
import { DOORS, type Person } from '../support/doors.js';
import { told } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { callerOf, everythingStored } from '../support/stored.js';

let server: RunningServer;
let root: Holder;
beforeAll(async () => {
  server = await startServer(WITH_ACCOUNTS);
  root = await signInAs(server, 'admin', ['channels', 'admin'], 'Root');
});
afterAll(async () => await server[Symbol.asyncDispose]());

describe.each(DOORS)('An admin, over %s', (kind, door) => {
  let admin: Person;
  beforeAll(async () => {
    admin = await door(server, 'Root', root.token);
  });
  afterAll(async () => await admin.close());
  const asPerson = ({ name, token }: Holder) => door(server, name, token);

  test('sees the accounts by name, in pages, and can filter by a part of the name', async () => {
    for (const name of ['a1', 'a2', 'a_3']) await signUp(server, `${kind}-${name}`);

    const first = await admin.call('list_accounts', { query: `${kind}-A`, limit: 2 });
    const second = await admin.call('list_accounts', { query: `${kind}-a`, cursor: first.next_cursor });
    const odd = await admin.call('list_accounts', { query: '_3' });

    const names = ({ accounts }: { accounts: { name: string }[] }) => accounts.map(({ name }) => name);
    expect([names(first), names(second)]).toEqual([[`${kind}-a1`, `${kind}-a2`], [`${kind}-a_3`]]);
    expect(second.next_cursor).toBeNull();
    expect(names(odd).every((name) => name.endsWith('_3'))).toBe(true);
    expect(first.accounts[0]).toEqual({
      account_id: expect.stringMatching(/^acc_/),
      name: `${kind}-a1`,
      role: 'member',
      disabled: false,
      created_at: expect.any(String),
    });
  });

  test('gives a role, and existing tokens have it at once; removing it ends the tokens with the scope admin', async () => {
    const bob = await signInAs(server, 'moderator', ['admin']);
    const plain = await signInAs(server, 'moderator', ['channels']);
    await using moderator = await asPerson(bob);
    await moderator.call('list_bot_code');
    await expect(moderator.call('list_accounts')).rejects.toMatchObject({ code: 'ROLE_REQUIRED', role: 'admin' });

    await admin.call('set_account', { account_id: bob.accountId, role: 'admin' });
    await moderator.call('list_accounts');
    for (const { accountId: account_id } of [bob, plain])
      await admin.call('set_account', { account_id, role: 'member' });

    const ended = await moderator.call('list_bot_code').catch((error) => error);
    expect(JSON.stringify(ended.problem ?? `${ended}`)).toMatch(/INVALID_TOKEN|401|Unauthorized/);
    expect(callerOf(server.dataDir, bob.token)).toBeUndefined();
    expect(callerOf(server.dataDir, plain.token)).toMatchObject({ role: 'member' });
  });

  test('disables an account: its sessions end immediately, and it can be enabled again', async () => {
    const bob = await signInAs(server, 'member');
    const ask = () => fetch(`${server.url}/list_channels`, { headers: { authorization: `Bearer ${bob.token}` } });
    expect((await ask()).status).toBe(200);

    expect(await admin.call('set_account', { account_id: bob.accountId, disabled: true })).toMatchObject({
      disabled: true,
    });

    expect((await ask()).status).toBe(401);
    expect((await bob.browser.open('/account')).url).toMatch(/\/login$/);
    expect((await logIn(server, bob.name)).page.html).toContain('Wrong name or password');
    await admin.call('set_account', { account_id: bob.accountId, disabled: false });
    expect((await logIn(server, bob.name)).page.url).toMatch(/\/account$/);
    expect((await ask()).status).toBe(401);
  });

  test('deletes an account: its seat is free, its name remains only in the logs, and others may use the name', async () => {
    const bob = await signInAs(server, 'member', undefined, `${kind}-canary`);
    const seated = await asPerson(bob);
    const { channel_id, invites } = await admin.call('create_channel', { name: 'R', slots: ['invite:a', 'invite:b'] });
    await admin.call('join_channel', { invite_code: invites[0] });
    await seated.call('join_channel', { invite_code: invites[1] });
    await seated.close();

    await admin.call('delete_account', { account_id: bob.accountId });

    const who = await admin.call('who', { channel_id });
    expect(JSON.stringify(who)).not.toContain('canary');
    expect(await told(admin, channel_id, 'member_left')).toHaveLength(1);
    const kept = everythingStored(server.dataDir)
      .split('\n')
      .filter((table) => table.includes(`${kind}-canary`));
    // The entries of the log, and the list of players that is derived from them.
    expect(kept).toHaveLength(2);
    expect(kept.every((table) => /"leaf_hash"|"players"/.test(table))).toBe(true);
    await expect(admin.call('delete_account', { account_id: bob.accountId })).rejects.toMatchObject({
      code: 'ACCOUNT_NOT_FOUND',
    });
    await signUp(server, `${kind}-canary`);
  });

  test('cannot remove the last admin', async () => {
    const { accountId: account_id } = root;

    for (const change of [{ role: 'member' }, { disabled: true }]) {
      await expect(admin.call('set_account', { account_id, ...change })).rejects.toMatchObject({ code: 'LAST_ADMIN' });
    }
    await expect(admin.call('delete_account', { account_id })).rejects.toMatchObject({ code: 'LAST_ADMIN' });
    expect(await admin.call('list_accounts', { query: 'root' })).toMatchObject({
      accounts: [{ role: 'admin', disabled: false }],
    });
  });

  test('creates an invite with a role, which works once', async () => {
    const { code, link } = await admin.call('invite_account', { role: 'moderator' });

    const invited = await signUp(server, `${kind}-invited`, code);

    expect(link).toBe(`${server.url}/sign-up?code=${code}`);
    expect((await invited.browser.open('/account')).html).toContain('a moderator of this server');
    await expect(signUp(server, `${kind}-second`, code)).rejects.toThrow('unknown, used or expired');
    expect(everythingStored(server.dataDir)).not.toContain(code);
  });

  test('creates an invite that only one of two people can use at the same moment, also after a crash', async () => {
    const { code } = await admin.call('invite_account');
    await server.crashAndRestart();

    const racing = await Promise.allSettled(['r1', 'r2'].map((name) => signUp(server, `${kind}-${name}`, code)));

    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test.each(['acc_nobody', 'acc_admin'])('gets ACCOUNT_NOT_FOUND for %s', async (account_id) => {
    await expect(admin.call('set_account', { account_id, role: 'admin' })).rejects.toMatchObject({
      code: 'ACCOUNT_NOT_FOUND',
    });
  });
});

test('If the last two admins give up their role at the same moment, one of them remains admin', async () => {
  const second = await signInAs(server, 'admin', ['admin']);
  const demote = ({ accountId: account_id, token }: Holder) =>
    fetch(`${server.url}/set_account`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ account_id, role: 'member' }),
    });

  const answers = await Promise.all([demote(root), demote(second)]);

  // Who gives up the role hears that it worked, and is signed out with it.
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});
