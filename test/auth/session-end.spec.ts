import { describe, expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { DOORS } from '../support/doors.js';
import { readToEnd } from '../support/find-in-stream.js';
import { bearer, postForm, type SignedIn, signIn, token } from '../support/oauth.js';
import { eventually } from '../support/rooms.js';
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
/** Of a call that waits at the server; one that comes only later gets the same answer. */
const soon = () => new Promise((later) => setTimeout(later, 300));

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
])('When a session ends because somebody %s', (_case, end) => {
  test('an open stream ends at once and sends nothing more', async () => {
    const { bob, channel_id, whisper, ask } = await pair();
    const stream = readToEnd(await ask(`/channels/${channel_id}/events`));
    await eventually(async () => stream.text.includes('member_joined'));

    await end(bob);
    await whisper();

    expect(await stream.ended).not.toContain('for bob alone');
  });

  test('a waiting call over REST is answered at once with INVALID_TOKEN', async () => {
    const { bob, channel_id, whisper, ask } = await pair();
    const poll = ask(`/sync_messages?channel_id=${channel_id}&cursor=99&timeout_ms=50000`);
    await soon();

    await end(bob);
    await whisper();

    // A wait that went on to its end would be a 200.
    const response = await poll;
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'INVALID_TOKEN' });
  });

  test('a waiting tool call is answered in the same way', async () => {
    const { bob, channel_id } = await pair();
    const call = { name: 'wait_for_message', arguments: { channel_id, since_id: 99, timeout_ms: 50_000 } };
    const answer = post(`${server.url}/mcp`, request('tools/call', call), bearer(bob));
    await soon();

    await end(bob);

    const { message } = await answer;
    expect(message.result.isError).toBe(true);
    expect(JSON.parse(message.result.content[1].text)).toMatchObject({ code: 'INVALID_TOKEN', status: 401 });
  });

  test('the open event stream of an MCP session ends', async () => {
    const bob = await signIn(server.url, 'bob');
    const { headers } = await post(`${server.url}/mcp`, request('initialize', {}), bearer(bob));
    const session = { 'mcp-session-id': headers.get('mcp-session-id') ?? '', accept: 'text/event-stream' };
    const stream = await fetch(`${server.url}/mcp`, { headers: { ...bearer(bob), ...session } });

    await end(bob);

    expect(await stream.text()).toContain('open');
  });
});

test('A stream ends when its token expires, and is not affected when another session ends', async () => {
  // On a busy machine the token may end before the whisper. Then the next one lasts longer.
  for (let ms = 1_500, isInTime = false; !isInTime; ms *= 2) {
    const { channel_id, whisper, ask } = await pair();
    const until = Date.now() + ms;
    stored(
      server.dataDir,
      (database) => database.prepare("UPDATE access_token SET expires_at = ? WHERE name = 'bob'").run(until),
      false,
    );
    // Another session ends, after which the server no longer uses its copies of tokens.
    await revoke(await signIn(server.url, 'dave'));
    const stream = readToEnd(await ask(`/channels/${channel_id}/events`));

    await revoke(await signIn(server.url, 'carol'));
    await whisper();
    isInTime = Date.now() < until;
    const read = await stream.ended;

    if (isInTime) expect(read).toContain('for bob alone');
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  }
});
