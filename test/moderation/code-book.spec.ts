import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { post, request } from '../mcp/json-rpc.js';
import { adminCommand, openAdmin } from '../support/admin.js';
import { DOORS, type Person } from '../support/doors.js';
import { bearer, pkce, register, token, visitAuthorize } from '../support/oauth.js';
import { openRoom, type Room, refusal } from '../support/rooms.js';
import { type RunningServer, startServer } from '../support/server.js';
import { everythingStored } from '../support/stored.js';

const ADMIN_OPERATIONS = ['list_bot_code', 'inspect_bot_code', 'decide_bot_code', 'list_decisions'];
const bot = (n: string) => `export default class Numbered {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) { if (body.text === 'fail') throw new Error('as asked'); if (!body) eval('${n}'); }
}`;

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
const hashOf = async ({ bob, id }: Room) => (await bob.call('who', { channel_id: id })).bots[0].code_hash;

describe.each(DOORS)('For an admin, over %s', (doorName, door) => {
  let admin: Person;
  beforeAll(async () => {
    admin = await openAdmin(server, door);
  });
  afterAll(async () => {
    await admin.close();
  });

  test('each source is listed once, whatever its names, with its first sender, where it runs and how often it fails', async () => {
    const code = bot(`one thing ${doorName}`);
    await using first = await openRoom(server, door, { bots: [{ name: 'First', inline_code: code }] });
    await using second = await openRoom(server, door, { bots: [{ name: 'Second', inline_code: code }] });
    for (const body of ['ok', 'fail', 'fail']) {
      await first.alice.call('post_message', { channel_id: first.id, body, wait_ms: 20_000 });
    }
    await second.alice.call('update_channel', { channel_id: second.id, ops: [{ type: 'remove_bot', slot_id: 's0' }] });
    const hash = await hashOf(first);

    const detail = await admin.call('inspect_bot_code', { hash });

    expect(detail).toMatchObject({ source: code, status: 'unseen', language: 'javascript', preset: null });
    expect(detail).toMatchObject({ channels: 2, at_work: 1, runs: 3, failures: 2, open_reports: 0 });
    expect(detail.names.sort()).toEqual(['First', 'Second']);
    expect(detail.first_sender).toMatch(/^acc_/);
    expect(detail.manifests.map(({ manifest }: { manifest: { name: string } }) => manifest.name).sort()).toEqual([
      'First',
      'Second',
    ]);
    expect(detail.places.map(({ channel_id }: { channel_id: string }) => channel_id)).toEqual([first.id, second.id]);
    expect(detail.findings).toMatchObject([{ rule: 'evaluation', line: 3, excerpt: expect.stringContaining('eval(') }]);
    const { source, manifests, findings, places, reports, decisions, ...summary } = detail;
    expect((await admin.call('list_bot_code', { query: 'irs', status: 'unseen' })).codes).toContainEqual(summary);
    expect((await admin.call('list_bot_code', { query: hash.slice(0, 20) })).codes).toEqual([summary]);
  });

  test('pages are consecutive without gaps or duplicates, newest first', async () => {
    await using room = await openRoom(server, door);
    for (let i = 0; i < 5; i++) {
      const bots = [{ name: `Paged${i}`, inline_code: bot(`page ${doorName} ${i}`) }];
      const { channel_id } = await room.alice.call('create_channel', { name: 'p', slots: ['bot:b'], bots });
      const { bots: made } = await room.alice.call('who', { channel_id });
      for (const decision of ['quarantine', 'allow']) {
        await admin.call('decide_bot_code', { hash: made[0].code_hash, decision, reason_code: 'reviewed' });
      }
    }
    const walk = async (operation: string, field: string, input: object) => {
      const found: Record<string, unknown>[] = [];
      let cursor: unknown;
      do {
        const page = await admin.call(operation, { ...input, cursor, limit: 2 });
        expect(page[field].length).toBeLessThanOrEqual(2);
        found.push(...page[field]);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };

    const codes = await walk('list_bot_code', 'codes', { query: 'Paged' });
    const decisions = await walk('list_decisions', 'decisions', {});

    expect(codes).toEqual((await admin.call('list_bot_code', { query: 'Paged', limit: 100 })).codes);
    expect(codes.slice(0, 5).map(({ names }) => names)).toEqual([4, 3, 2, 1, 0].map((i) => [`Paged${i}`]));
    expect(new Set(codes.map(({ code_hash }) => code_hash)).size).toBe(codes.length);
    expect(decisions).toEqual((await admin.call('list_decisions', { limit: 200 })).decisions);
    const ids = decisions.map(({ decision_id }) => decision_id as number);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('search words match literally', async () => {
    for (const query of ['%', '_', "'", '\\']) {
      expect((await admin.call('list_bot_code', { query })).codes).toEqual([]);
    }
  });

  test.each<[string, object]>([
    ['list_bot_code', { status: 'gone' }],
    ['list_bot_code', { cursor: 'nonsense' }],
    ['list_bot_code', { limit: 101 }],
    ['inspect_bot_code', {}],
    ['inspect_bot_code', { hash: 'sha256:xyz' }],
    ['decide_bot_code', { hash: `sha256:${'0'.repeat(64)}`, decision: 'destroy', reason_code: 'other' }],
    ['decide_bot_code', { hash: `sha256:${'0'.repeat(64)}`, decision: 'block', reason_code: 'because I say so' }],
    [
      'decide_bot_code',
      { hash: `sha256:${'0'.repeat(64)}`, decision: 'block', reason_code: 'other', note: 'x'.repeat(1001) },
    ],
    ['list_decisions', { cursor: 0 }],
    ['list_decisions', { hash: 'x' }],
  ])('%s refuses %j', async (operation, input) => {
    expect(await refusal(admin.call(operation, input))).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('a block needs a reason that speaks against the code, and the error for another one lists all', async () => {
    const hash = `sha256:${'0'.repeat(64)}`;

    const kind = await refusal(admin.call('decide_bot_code', { hash, decision: 'block', reason_code: 'reviewed' }));
    const none = await refusal(admin.call('decide_bot_code', { hash, decision: 'block', reason_code: 'x' }));

    expect(kind).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining('reviewed') });
    for (const reason of ['reviewed', 'malicious', 'unlawful', 'broken', 'other']) {
      expect(none.detail).toContain(reason);
    }
  });

  test.each<[string, object]>([
    ['inspect_bot_code', {}],
    ['decide_bot_code', { decision: 'block', reason_code: 'other' }],
  ])('%s does not know a source that was never attached', async (operation, input) => {
    const hash = `sha256:${'0'.repeat(64)}`;
    expect(await refusal(admin.call(operation, { hash, ...input }))).toMatchObject({
      code: 'CODE_NOT_FOUND',
      status: 404,
    });
    expect((await admin.call('list_decisions', { hash })).decisions).toEqual([]);
  });

  test('other callers get the same refusal for every input, and no tool', async () => {
    await using room = await openRoom(server, door, { bot_code: bot(`others ${doorName}`) });
    const hash = await hashOf(room);
    const inputs = [
      {},
      { hash },
      { hash: 'x' },
      { hash, decision: 'block', reason_code: 'other' },
      { hash, status: 'blocked' },
    ];

    for (const person of [room.alice, await room.mallory.arrive()]) {
      for (const operation of ADMIN_OPERATIONS) {
        const problems = await Promise.all(inputs.map((input) => refusal(person.call(operation, input))));
        const seen = new Set(problems.map(({ request_id, ...problem }) => JSON.stringify(problem)));
        expect([...seen]).toHaveLength(1);
        expect(problems[0]).toMatchObject({ code: 'INSUFFICIENT_SCOPE', status: 403, scope: 'admin' });
      }
      const { message } = await post(
        `${server.url}/mcp`,
        request('tools/list'),
        bearer({ access_token: person.token }),
      );
      const tools = message.result.tools.map(({ name }: { name: string }) => name);
      expect(tools.filter((name: string) => ADMIN_OPERATIONS.includes(name))).toEqual([]);
      expect(tools).toContain('report_bot');
    }
    expect((await admin.call('list_decisions', { hash })).decisions).toEqual([]);
    expect((await room.bob.call('who', { channel_id: room.id })).bots).toMatchObject([{ status: 'active' }]);
    const { message } = await post(`${server.url}/mcp`, request('tools/list'), bearer({ access_token: admin.token }));
    const names = message.result.tools.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(ADMIN_OPERATIONS));
  });
});

describe('A token of the operator', () => {
  const ask = (access_token: string) =>
    fetch(`${server.url}/list_decisions`, { headers: bearer({ access_token }) }).then(({ status }) => status);

  test('is valid at once, whether the server runs or not when it is created, and is not stored', async () => {
    await using other = await startServer();
    const [[, door]] = DOORS as [(typeof DOORS)[number]];
    const running = await adminCommand(other, 'token', '--days', '2');
    await other.stop();
    const stopped = await adminCommand(other, 'token');
    await other.start();

    for (const made of [running, stopped]) {
      await using admin = await door(other, 'admin', made);
      expect((await admin.call('list_bot_code')).codes.length).toBeGreaterThan(0);
      expect(everythingStored(other.dataDir)).not.toContain(made);
      expect(other.log()).not.toContain(made.slice(4));
    }
  });

  test('ends with a revocation', async () => {
    const made = await adminCommand(server, 'token');
    expect(await ask(made)).toBe(200);

    expect(await adminCommand(server, 'revoke')).toMatch(/^Revoked \d+\.$/);

    expect(await ask(made)).toBe(401);
    expect(await ask('paa_../../parley')).toBe(401);
    expect(await ask(`paa_${'A'.repeat(43)}`)).toBe(401);
  });

  test.each([[[]], [['tokens']], [['token', '--days', '0']], [['token', '--days', '400']], [['token', '--week', '1']]])(
    'is refused for %j',
    async (args) => {
      const failure = await adminCommand(server, ...args).then(
        () => undefined,
        (error) => error,
      );
      expect(failure).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('npm run admin -- token') });
    },
  );

  test('cannot be obtained over OAuth: the scope is not advertised, and a request for it grants nothing', async () => {
    for (const path of ['oauth-authorization-server', 'oauth-protected-resource']) {
      const metadata = await (await fetch(`${server.url}/.well-known/${path}`)).json();
      expect((metadata as { scopes_supported: string[] }).scopes_supported).not.toContain('admin');
    }
    const redirect_uris = ['http://127.0.0.1:53682/callback'];
    const client = await register(server.url, { client_name: 'mallory', redirect_uris, scope: 'admin' });
    const { challenge, verifier } = pkce();
    const asked = { client_id: client.client_id, code_challenge: challenge, scope: 'channels admin' };
    const back = new URL((await visitAuthorize(server.url, asked)).headers.get('location') ?? '').searchParams;
    const secret = { client_id: client.client_id, client_secret: client.client_secret ?? '' };
    const code = { grant_type: 'authorization_code', code: back.get('code') ?? '', code_verifier: verifier, ...secret };
    const answers = [
      await token(server.url, { ...code, scope: 'admin' }),
      await token(server.url, { grant_type: 'client_credentials', scope: 'admin', ...secret }),
    ];

    for (const answer of answers) {
      const { scope, access_token } = (await answer.json()) as { scope: string; access_token: string };
      expect(scope.split(' ')).not.toContain('admin');
      expect(await ask(access_token)).toBe(403);
    }
  });
});
