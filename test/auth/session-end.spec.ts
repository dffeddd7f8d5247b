import { describe, expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { DOORS } from '../support/doors.js';
import { bearer, postForm, type SignedIn, signIn, token } from '../support/oauth.js';
import { stored } from '../support/stored.js';
import { useServer } from '../support/use-server.js';

const server = useServer();

const revoke = ({ client_id, refresh_token }: SignedIn) =>
  postForm(`${server.url}/oauth/revoke`, { client_id, token: refresh_token });
const reuse = async ({ client_id, refresh_token }: SignedIn) => {
  const refresh = (it: string) => token(server.url, { grant_type: 'refresh_token', client_id, refresh_token: it });
  const next = (await (await refresh(refresh_token)).json()) as SignedIn;
  await refresh(next.refresh_token);
  return refresh(refresh_token);
};
const soon = (ms = 300) => new Promise((later) => setTimeout(later, ms));

/** alice speaks; bob, seated beside her, is the one whose session ends. */
async function pair() {
  const [[, rest]] = DOORS as [(typeof DOORS)[number]];
  const alice = await rest(server, 'alice');
  const bob = await signIn(server.url, 'bob');
  const { channel_id, invites } = await alice.call('create_channel', { name: 'R', slots: ['invite:a', 'invite:b'] });
  await alice.call('join_channel', { invite_code: invites[0] });
  const join = await fetch(`${server.url}/join_channel`, {
    method: 'POST',
    headers: { ...bearer(bob), 'content-type': 'application/json' },
    body: JSON.stringify({ invite_code: invites[1] }),
  });
  expect(join.status).toBe(200);
  const whisper = () => alice.call('post_message', { channel_id, body: 'for bob alone', to: 's1', wait_ms: 0 });
  const ask = (path: string) => fetch(server.url + path, { headers: bearer(bob) });
  return { bob, channel_id, whisper, ask };
}

describe.each([
  ['signs out', revoke],
  ['uses a refresh token twice', reuse],
])('When somebody %s', (_case, end) => {
  test('an open stream ends at once and tells nothing more', async () => {
    const { bob, channel_id, whisper, ask } = await pair();
    const text = (await ask(`/channels/${channel_id}/events`)).text();
    await soon();

    await end(bob);
    await whisper();

    const ended = await Promise.race([text, soon(3_000)]);
    expect(ended).toContain('member_joined');
    expect(ended).not.toContain('for bob alone');
  });

  test('a poll that waits is answered at once that the token is no good', async () => {
    const { bob, channel_id, whisper, ask } = await pair();
    const poll = ask(`/sync_messages?channel_id=${channel_id}&cursor=99&timeout_ms=20000`);
    await soon();

    await end(bob);
    await whisper();

    const response = (await Promise.race([poll, soon(3_000)])) as Response;
    expect(response?.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  test('a tool call that waits is answered the same', async () => {
    const { bob, channel_id } = await pair();
    const call = { name: 'wait_for_message', arguments: { channel_id, since_id: 99, timeout_ms: 20_000 } };
    const answer = post(`${server.url}/mcp`, request('tools/call', call), bearer(bob));
    await soon();

    await end(bob);

    const { message } = (await Promise.race([answer, soon(3_000)])) as Awaited<typeof answer>;
    expect(message.result.isError).toBe(true);
    expect(JSON.parse(message.result.content[0].text)).toMatchObject({ code: 'INVALID_TOKEN', status: 401 });
  });

  test('the standing stream of an MCP session ends', async () => {
    const bob = await signIn(server.url, 'bob');
    const { headers } = await post(`${server.url}/mcp`, request('initialize', {}), bearer(bob));
    const session = { 'mcp-session-id': headers.get('mcp-session-id') ?? '', accept: 'text/event-stream' };
    const stream = await fetch(`${server.url}/mcp`, { headers: { ...bearer(bob), ...session } });

    await end(bob);

    expect(await Promise.race([stream.text(), soon(3_000)])).toContain('open');
  });
});

test('A stream ends when the token it was opened with does, and the end of others is nothing to it', async () => {
  const { channel_id, whisper, ask } = await pair();
  const until = Date.now() + 1_500;
  stored(
    server.dataDir,
    (database) => database.prepare("UPDATE access_token SET expires_at = ? WHERE name = 'bob'").run(until),
    false,
  );
  const text = (await ask(`/channels/${channel_id}/events`)).text();

  await revoke(await signIn(server.url, 'carol'));
  await whisper();
  const read = await Promise.race([text, soon(4_000)]);

  expect(read).toContain('for bob alone');
  expect(Date.now()).toBeGreaterThanOrEqual(until);
});
