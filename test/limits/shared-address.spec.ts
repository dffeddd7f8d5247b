import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DOORS } from '../support/doors.js';
import { signIn } from '../support/oauth.js';
import { refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

const ACCOUNT = 20;
const ADDRESS = 150;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({
    LIMIT_WINDOW_S: '3600',
    LIMIT_ACCOUNT: String(ACCOUNT),
    LIMIT_ADDRESS: String(ADDRESS),
    LIMIT_ANONYMOUS: '0',
    TRUST_PROXY: '1',
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(DOORS)('Accounts that share an address, over %s', (_, door) => {
  test('are not affected by the refused calls of one of them', async () => {
    await using mallory = await door(server, 'mallory');
    await using alice = await door(server, 'alice');
    for (let i = 0; i < ACCOUNT; i++) await mallory.call('list_channels');

    const refused = [];
    for (let i = 0; i < ADDRESS; i++) refused.push((await refusal(mallory.call('list_channels'))).policy);

    expect(new Set(refused)).toEqual(new Set(['account']));
    expect(await alice.call('list_channels')).toHaveProperty('total_channels');
  });
});

test('A request that reaches no operation counts for its address, even if its account has used up its rate', async () => {
  const { access_token } = await signIn(server.url, 'mallory');
  const headers = { authorization: `Bearer ${access_token}`, 'x-forwarded-for': '198.51.100.7' };
  const ask = (path: string) => fetch(server.url + path, { headers }).then(({ status }) => status);
  for (let i = 0; i <= ACCOUNT; i++) await ask('/list_channels');

  const statuses = [];
  for (let i = 0; i < ADDRESS; i++) statuses.push(await ask('/nothing-is-here'));

  // What the account was refused was not counted; the twenty calls before that were.
  expect(statuses.filter((status) => status === 404)).toHaveLength(ADDRESS - ACCOUNT);
  expect(statuses.at(-1)).toBe(429);
});
