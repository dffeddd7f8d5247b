import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEBUG_ACTIONS } from '../../src/bots/debugging/debug-payloads.js';
import { DOORS } from '../support/doors.js';
import { openRoom, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';

/** They reach neither a channel nor a bot: accounts, tokens, limits, presets, health. */
const REACH_NO_ROUND = [
  'get_limits',
  'get_preset',
  'health_check',
  'invite_account',
  'list_accounts',
  'list_presets',
  'list_tokens',
  'revoke_token',
];

interface Row {
  readonly call: string;
  readonly test: string;
}

const rows: Row[] = readFileSync('docs/fair-play.md', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, call, , , , test] = /^\| `([a-z_ ]+)` \|(.*)\|(.*)\|(.*)\| (\S+) \|$/.exec(line) ?? [];
    return call && test ? [{ call, test }] : [];
  });

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test('The table of insiders contains every operation, op and action that can affect a round', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
  const operations = Object.keys(paths).map((path) => path.slice(1));
  const [[, door]] = DOORS as [(typeof DOORS)[number]];
  await using room = await openRoom(server, door, { slots: ['invite:alice', 'invite:bob'] });
  const nonsense = room.alice.call('update_channel', { channel_id: room.id, ops: [{ type: 'nonsense' }] });
  const { allowed } = await refusal(nonsense);

  const expected = operations
    .filter((name) => !REACH_NO_ROUND.includes(name))
    .flatMap((name) => {
      if (name === 'update_channel') return (allowed as string[]).map((op) => `update_channel ${op}`);
      return name === 'debug_bot' ? DEBUG_ACTIONS.map((action) => `debug_bot ${action}`) : [name];
    });
  expect(rows.map(({ call }) => call).sort()).toEqual(expected.sort());
});

test.each(rows)('$call is named in the test file of its row', ({ call, test: file }) => {
  const name = call.split(' ').at(-1) as string;
  expect(readFileSync(file, 'utf8')).toContain(name);
});
