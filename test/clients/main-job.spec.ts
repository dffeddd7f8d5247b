import { describe, expect, test } from '@jest/globals';
import { adminCommand } from '../support/admin.js';
import { type Message, ofType } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { describeWithTools } from '../support/tools.js';
import { useServer } from '../support/use-server.js';
import { Inspector } from './inspector.js';
import { type Connect, INSPECTORS, SDK_CLIENTS, type Walker } from './walkers.js';

const server = useServer();

describe.each(meetings(SDK_CLIENTS, SDK_CLIENTS))('%s', (_, ...both) => mainJob(...both));

describeWithTools('With the official inspector', () => {
  describe.each(meetings(INSPECTORS, SDK_CLIENTS))('%s', (_, ...both) => mainJob(...both));

  test.each(['modern', 'legacy'] as const)('its strict lint reports no fault in the schemas, %s era', async (era) => {
    await using inspector = await Inspector.at(server, era);
    await inspector.call('start_here');

    const { code, out, err } = await inspector.run('tools/list', '--strict');

    expect(JSON.parse(out).result.tools.length).toBeGreaterThan(15);
    expect(err).not.toMatch(/\b(warning|error)\b/i);
    expect(code).toBe(0);
  });

  test('its strict lint reports no fault in the tools of an admin', async () => {
    await using inspector = await Inspector.at(server, 'modern');
    const token = await adminCommand(server, 'token');

    const { code, out, err } = await inspector.run(
      ...(['tools/list', '--strict', '--header', `Authorization: Bearer ${token}`] as const),
    );

    expect(JSON.parse(out).result.tools.map(({ name }: { name: string }) => name)).toContain('decide_bot_code');
    expect(err).not.toMatch(/\b(warning|error)\b/i);
    expect(code).toBe(0);
  });
});

function mainJob(connectAlice: Connect, connectBob: Connect) {
  test('two clients sign in, meet, play to the reveal, and verify it', async () => {
    await using alice = await connectAlice(server, 'alice');
    const { channel_id, invites } = await alice.call('create_channel', {
      name: 'Guessing',
      slots: ['bot:guess-referee', 'invite:alice', 'invite:bob'],
      bot_preset: 'GuessBot',
      bot_params: { range: [1, 10] },
    });
    await alice.call('join_channel', { invite_code: invites[0] });
    await using bob = await connectBob(server, 'bob');
    await bob.call('join_channel', { invite_code: invites[1] });

    await play(alice, bob, channel_id);
    const heard = await allOf(bob, channel_id);
    const code = await bob.call('get_bot_code', { channel_id, bot_id: 'bot_GuessBot_0' });

    const [commit] = ofType(heard, 'bot:commit');
    const reveal = ofType(heard, 'bot:reveal').find(({ kind }) => kind === 'control');
    const [attach] = ofType(heard, 'bot:attach');
    const firstGuess = heard.find(({ kind }) => kind === 'user');
    expect(sha256(`${reveal?.body.target}|${reveal?.body.nonce}`)).toBe(commit?.body.commit);
    expect(commit?.id).toBeLessThan(firstGuess?.id ?? 0);
    expect(ofType(heard, 'judge').at(-1)?.body).toMatchObject({ result: 'correct', guess: reveal?.body.target });
    expect(`sha256:${sha256(code.inline_code)}`).toBe(code.code_hash);
    expect(attach?.body).toMatchObject({ code_hash: code.code_hash, manifest_hash: code.manifest_hash });
    expect(await allOf(alice, channel_id)).toEqual(heard);
  });
}

/** Each of these, and beside it one of those. */
function meetings(these: [string, Connect][], those: [string, Connect][]): [string, Connect, Connect][] {
  return these.map(([title, connect], i) => {
    const [otherTitle, other] = those[(i + 1) % those.length] as [string, Connect];
    return [`alice with ${title} and bob with ${otherTitle}`, connect, other];
  });
}

/** Halves the range, turn by turn. */
async function play(alice: Walker, bob: Walker, channel_id: string) {
  for (let low = 1, high = 10, turn = 0; low <= high; turn++) {
    const guess = Math.floor((low + high) / 2);
    const { replies } = await (turn % 2 ? bob : alice).call('post_message', {
      channel_id,
      body: `guess ${guess}`,
      wait_ms: 30_000,
    });
    const [judge] = ofType(replies, 'judge');
    if (judge?.body.result === 'correct') return;
    if (judge?.body.result === 'high') high = guess - 1;
    else low = guess + 1;
  }
  throw new Error('the referee has misled the players');
}

/** What sync_messages gives from the start, until there is nothing new. */
async function allOf(walker: Walker, channel_id: string): Promise<Message[]> {
  const heard: Message[] = [];
  for (let cursor = 0; ; ) {
    const page = await walker.call('sync_messages', { channel_id, cursor, timeout_ms: 0 });
    if (!page.messages.length) return heard;
    heard.push(...page.messages);
    cursor = page.cursor;
  }
}
