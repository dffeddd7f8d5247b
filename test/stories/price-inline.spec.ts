import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import type { Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { DOORS } from '../support/doors.js';
import { type Message, ofType, readAll, say, typesOf } from '../support/game.js';
import { executableOf } from '../support/inline-bot.js';
import { sha256 } from '../support/longhand.js';
import { openRoom } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { storedChannel } from '../support/stored-log.js';
import { RecordedWay } from '../support/table-network.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { inputOf } from './replay.js';

const HOST = 'api.coinbase.com';
const SPOT = '/v2/prices/BTC-USD/spot';

/** They fetch whatever they are told to: only the server stands between them and the rest of the network. */
const BOTS: [Language, string][] = [
  [
    'javascript',
    `const HOST = 'https://${HOST}';
export default class PriceBot {
  constructor(ctx) { this.ctx = ctx; }
  onInit() { this.ctx.post('bot', { type: 'prompt', text: 'Say "price".' }); }
  async onMessage({ body }) {
    if (body.text === 'enough') return this.ctx.finish({ questions: this.ctx.getState().n });
    const [word, where = '${SPOT}'] = String(body.text).match(/price(?: ((?:https?:\\/)?\\/\\S+))?/i) ?? [];
    if (!word) return;
    const page = await fetch(where.startsWith('/') ? HOST + where : where);
    const { amount } = (await page.json()).data;
    const { n = 0 } = this.ctx.getState();
    this.ctx.setState({ n: n + 1 });
    this.ctx.post('bot', { type: 'price', amount, text: 'BTC is at ' + amount, fetch_receipt: { ...page.receipt, body: await page.text() } });
  }
}`,
  ],
  [
    'python',
    `import re
import requests

HOST = 'https://${HOST}'

class PriceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post('bot', {'type': 'prompt', 'text': 'Say "price".'})

    def on_message(self, msg):
        text = msg['body'].get('text', '')
        if text == 'enough':
            return self.ctx.finish({'questions': self.ctx.get_state()['n']})
        asked = re.search(r'price(?: ((?:https?:/)?/\\S+))?', text, re.IGNORECASE)
        if not asked:
            return
        where = asked.group(1) or '${SPOT}'
        page = requests.get(HOST + where if where.startswith('/') else where)
        amount = page.json()['data']['amount']
        self.ctx.set_state({'n': self.ctx.get_state().get('n', 0) + 1})
        self.ctx.post('bot', {'type': 'price', 'amount': amount, 'text': f'BTC is at {amount}',
                              'fetch_receipt': {**page.receipt, 'body': page.text}})
`,
  ],
];

const ELSEWHERE = [
  `https://evil.test${SPOT}`,
  `http://${HOST}${SPOT}`,
  `https://${HOST}.evil.test/`,
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://169.254.169.254/latest/',
  'https://2852039166/latest/',
];
/** Paths of its own host that lead elsewhere: one request each, and no more. */
const REDIRECTS = ['/to-metadata', '/to-private', '/redirect?to=https://evil.test/'];

const ECHO = `class Echo { constructor(ctx) { this.ctx = ctx; } onMessage({ body }) { this.ctx.post('bot', { echo: body }); } }`;

describeWithDocker('A bot that posts a price', () => {
  let fixture: TlsFixture;
  let server: SandboxedServer;
  beforeAll(async () => {
    fixture = await TlsFixture.start([HOST]);
    const other = `evil.test=127.0.0.1:${fixture.port},private.test=127.0.0.1:${fixture.port}`;
    server = await startSandboxed({
      ...IN_CONTAINERS,
      EGRESS_HOSTS: `${fixture.vouched},${other}`,
      EGRESS_CA: fixture.caFile,
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });
  const hits = () => fixture.hits.get(SPOT) ?? 0;
  const allHits = () => [...fixture.hits.values()].reduce((sum, count) => sum + count, 0);

  describe.each(DOORS.flatMap(([name, door]) => BOTS.map((bot) => [bot[0], name, door, bot[1]] as const)))(
    'in %s, over %s',
    (language, _, door, bot_code) => {
      test('announces the hosts and modules that it will use', async () => {
        await using room = await openRoom(server, door, { bot_code });

        const messages = await readAll(room.bob, room.id);
        const { permissions } = ofType(messages, 'bot:manifest')[0]?.body.manifest ?? {};
        expect(permissions).toMatchObject({
          network: [HOST],
          modules: language === 'python' ? ['re', 'requests'] : [],
        });
        expect(typesOf(messages).filter((type) => /^bot|prompt/.test(type))).toEqual([
          'bots_announced',
          'bot:attach',
          'bot:manifest',
          'prompt',
        ]);
        const { runtime } = ofType(messages, 'bot:attach')[0]?.body ?? {};
        expect(runtime).toMatch(language === 'python' ? /^python@3.* rootfs sha256:/ : /^node@24.* rootfs sha256:/);
      });

      test('posts the same answer to both members, once, with the evidence, and wakes waiting calls', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const { alice, bob, id } = room;
        const before = hits();
        const { cursor } = await bob.call('sync_messages', { channel_id: id });
        const waiting = bob.call('sync_messages', { channel_id: id, cursor, timeout_ms: 25_000 });

        const answers = await say(alice, id, 'Price please');

        const [answer] = answers;
        expect(answers).toHaveLength(1);
        expect(hits()).toBe(before + 1);
        expect((await waiting).messages.length).toBeGreaterThan(0);
        expect(answer).toMatchObject({ kind: 'bot', body: { text: expect.stringContaining('114609.375') } });
        expect(ofType(await readAll(bob, id), 'price')).toEqual([answer]);
        expect(await readAll(bob, id)).toEqual(await readAll(alice, id));
        const { body, ...receipt } = answer?.body.fetch_receipt ?? {};
        expect(receipt).toEqual({
          url: `https://${HOST}${SPOT}`,
          method: 'GET',
          status: 200,
          fetched_at: expect.stringMatching(/Z$/),
          body_sha256: sha256(body),
          tls: { peer_cert_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        });
        expect(JSON.parse(body).data.amount).toBe(answer?.body.amount);
      });

      test('makes a new request for each question; earlier answers stay, and chat is ignored', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const [first] = await say(room.alice, room.id, 'price');

        const chat = await say(room.bob, room.id, 'hello');
        fixture.price = '99000.5';
        const [second] = await say(room.alice, room.id, 'PRICE');
        fixture.price = '114609.375';

        expect(chat).toEqual([]);
        expect([first?.body.amount, second?.body.amount]).toEqual(['114609.375', '99000.5']);
        expect(ofType(await readAll(room.bob, room.id), 'price')).toEqual([first, second]);
      });

      test('cannot reach other hosts, not even by a redirect of a declared host, and everyone sees the attempt', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const before = allHits();

        for (const where of [...ELSEWHERE, ...REDIRECTS]) {
          const answers = await say(room.bob, room.id, `price ${where}`);
          expect([where, ...answers.map(({ kind, body }) => [kind, body.type, body.code])]).toEqual([
            where,
            ['system', 'bot:error', 'FETCH_BLOCKED'],
          ]);
        }

        expect(ofType(await readAll(room.alice, room.id), 'bot:error')).toHaveLength(
          ELSEWHERE.length + REDIRECTS.length,
        );
        expect(allHits()).toBe(before + REDIRECTS.length);
      });

      test('is stopped if it waits for ever; everyone sees that, and other channels are not delayed', async () => {
        const permissions = { network: [HOST], modules: language === 'python' ? ['re', 'requests'] : [] };
        // It is stopped twice before everyone is told.
        const bot_manifest = { name: 'PriceBot', permissions, limits: { wallMs: 2_500 } };
        await using room = await openRoom(server, door, { bot_code, bot_manifest });
        await using other = await openRoom(server, door, { bot_code: ECHO });
        await say(other.alice, other.id, 'zero');
        const order: string[] = [];
        const question = { channel_id: room.id, body: 'price /hang', wait_ms: 50_000 };
        const asked = room.alice.call('post_message', question).then(({ replies }) => {
          order.push('error');
          return replies as Message[];
        });
        for (const text of ['one', 'two', 'three']) {
          const [echo] = await say(other.alice, other.id, text);
          order.push(echo?.body.echo.text);
        }
        const answers = await asked;

        expect(order).toEqual(['one', 'two', 'three', 'error']);
        expect(answers.map(({ body }) => [body.type, body.code])).toEqual([['bot:error', 'TIMEOUT']]);
        expect(await say(room.bob, room.id, 'price')).toMatchObject([{ body: { type: 'price' } }]);
      });

      test('can be run again from the stored answers, without a network, with the same result', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const { alice, bob, id } = room;
        const [answer] = await say(alice, id, 'price');
        const bot_id = 'bot_PriceBot_0';
        const { runs } = await bob.call('list_runs', { channel_id: id, bot_id });
        const { run } = runs.at(-1);
        const during = await bob.call('get_run', { channel_id: id, bot_id, run });

        await say(bob, id, 'enough');
        const { receipt, exchanges } = await bob.call('get_run', { channel_id: id, bot_id, run });

        expect(during).not.toHaveProperty('exchanges');
        const { body } = receipt.opening;
        expect(body.fetches).toMatchObject([
          { method: 'GET', status: 200, tls_cert_sha256: answer?.body.fetch_receipt.tls.peer_cert_sha256 },
        ]);
        const channel = storedChannel(server.dataDir, id);
        const state = JSON.parse(channel.states.get(body.state_before) as string);
        await using runner = await openRunner(language);
        const network = new RecordedWay(exchanges);
        const again = await runner.run(
          executableOf(bot_code, language),
          inputOf(channel, body, state, body.state_version),
          DEFAULT_LIMITS,
          network,
        );
        expect(network.left).toBe(0);
        expect(again.effects).toMatchObject([{ type: 'post', body: { fetch_receipt: answer?.body.fetch_receipt } }]);
        expect(again.effects).toEqual([expect.objectContaining({ body: withoutStamps(answer?.body) })]);
      });
    },
  );
});

function withoutStamps({ bot_id, state_version, ...body }: Record<string, unknown>) {
  return body;
}

/** JavaScript is run again in the other engine than the one it ran on. */
async function openRunner(language: Language): Promise<Runner & AsyncDisposable> {
  const runner: Runner = language === 'python' ? await openDockerRunner() : new EmbeddedRunner(1);
  return Object.assign(runner, { [Symbol.asyncDispose]: () => runner.close() });
}
