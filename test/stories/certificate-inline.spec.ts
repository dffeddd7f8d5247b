import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Language } from '../../bot-sdk/contract.js';
import type { TlsSight } from '../../bot-sdk/web.js';
import { DOORS } from '../support/doors.js';
import { ofType, readAll, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { openRoom } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { TlsFixture } from '../support/tls-fixture.js';

/** One host of the bot is the fixture, at another one nobody listens. */
const HOST = 'example.com';
const GONE = 'example.org';

const BOTS: [Language, string][] = [
  [
    'javascript',
    `const HOSTS = ['https://${HOST}', 'https://${GONE}'];
export default class CertBot {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body }) {
    const { ctx } = this;
    const [word, host, port = '443'] = String(body.text).split(' ');
    if (word === 'raw') ctx.post('bot', { type: 'chain', pem: ctx.getState().pem });
    if (word === 'enough') ctx.finish({});
    if (word !== 'cert') return;
    const { pem, ...sight } = await ctx.tls(host, Number(port));
    ctx.setState({ pem });
    ctx.post('bot', { type: 'certificate', ...sight });
  }
}`,
  ],
  [
    'python',
    `HOSTS = ['https://${HOST}', 'https://${GONE}']

class CertBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        word, *where = msg['body']['text'].split(' ')
        if word == 'raw':
            self.ctx.post('bot', {'type': 'chain', 'pem': self.ctx.get_state()['pem']})
        if word == 'enough':
            self.ctx.finish({})
        if word == 'cert':
            sight = self.ctx.tls(where[0], int(where[1]) if len(where) > 1 else 443)
            self.ctx.set_state({'pem': sight.pop('pem')})
            self.ctx.post('bot', {'type': 'certificate', **sight})
`,
  ],
];

describeWithDocker('A bot that posts a certificate', () => {
  let fixture: TlsFixture;
  let server: SandboxedServer;
  beforeAll(async () => {
    fixture = await TlsFixture.start([HOST]);
    const hosts = `${fixture.vouched},${GONE}=127.0.0.1:1`;
    server = await startSandboxed({ ...IN_CONTAINERS, EGRESS_HOSTS: hosts, EGRESS_CA: fixture.caFile });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });
  beforeEach(() => fixture.show('valid'));

  describe.each(DOORS.flatMap(([name, door]) => BOTS.map((bot) => [bot[0], name, door, bot[1]] as const)))(
    'in %s, over %s',
    (_, __, door, bot_code) => {
      test('posts it once, and the same to everyone, from one connection', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const { alice, bob, id } = room;

        const [answer, ...more] = await say(alice, id, `cert ${HOST}`);

        expect(more).toEqual([]);
        expect(ofType(await readAll(bob, id), 'certificate')).toEqual([answer]);
        expect(await readAll(bob, id)).toEqual(await readAll(alice, id));
        const [manifest] = ofType(await readAll(bob, id), 'bot:manifest');
        expect(manifest?.body.manifest.permissions.network).toEqual([HOST, GONE]);
        await say(alice, id, 'enough');
        const { receipt } = await bob.call('get_run', { channel_id: id, bot_id: 'bot_CertBot_0', run: 1 });
        expect(receipt.opening.body.fetches).toMatchObject([
          { tls: HOST, port: 443, tls_cert_sha256: answer?.body.fingerprint_sha256 },
        ]);
      });

      test('shows what the certificate chain contains, and anybody can check it', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const [seen] = await say(room.alice, room.id, `cert ${HOST}`);

        const [raw] = await say(room.bob, room.id, 'raw');

        const chain = (raw?.body.pem ?? []).map((pem: string) => new X509Certificate(pem)) as X509Certificate[];
        const [leaf, issuer] = chain as [X509Certificate, X509Certificate];
        const { type, bot_id, state_version, ...sight } = seen?.body ?? {};
        expect(sight).toEqual({
          host: HOST,
          port: 443,
          observed_at: expect.stringMatching(/Z$/),
          subject: `CN=${HOST}`,
          issuer: 'CN=Test issuer',
          san: [`DNS:${HOST}`],
          not_before: new Date(leaf.validFrom).toISOString(),
          not_after: new Date(leaf.validTo).toISOString(),
          serial: leaf.serialNumber,
          fingerprint_sha256: sha256(leaf.raw),
          chain: chain.map((one) => sha256(one.raw)),
          validated: true,
          trust_store: expect.stringMatching(/^node@/),
          tls_version: expect.stringMatching(/^TLSv1\.[23]$/),
          cipher: expect.stringMatching(/^TLS_/),
        } satisfies Record<keyof Omit<TlsSight, 'pem' | 'reason'>, unknown>);
        expect(leaf.verify(issuer.publicKey)).toBe(true);
        expect(issuer.verify(new X509Certificate(fixture.ca).publicKey)).toBe(true);
      });

      test.each(['expired', 'wrong_host', 'self_signed'] as const)(
        'shows an invalid certificate with the reason: %s; earlier messages stay',
        async (reason) => {
          await using room = await openRoom(server, door, { bot_code });
          const [valid] = await say(room.alice, room.id, `cert ${HOST}`);

          fixture.show(reason);
          const [other] = await say(room.alice, room.id, `cert ${HOST}`);

          expect(other?.body).toMatchObject({ validated: false, reason, host: HOST });
          expect(other?.body.fingerprint_sha256).toBe(sha256(new X509Certificate(fixture.certificate(reason)).raw));
          expect(ofType(await readAll(room.bob, room.id), 'certificate')).toEqual([valid, other]);
        },
      );

      test('connects to no undeclared host', async () => {
        await using room = await openRoom(server, door, { bot_code });
        const elsewhere = ['evil.test', '127.0.0.1', '::1', '2130706433', 'localhost', `${HOST} 22`, `x.${HOST}`];

        for (const where of elsewhere) {
          const answers = await say(room.bob, room.id, `cert ${where}`);
          expect([where, ...answers.map(({ body }) => [body.type, body.code])]).toEqual([
            where,
            ['bot:error', 'FETCH_BLOCKED'],
          ]);
        }

        expect(ofType(await readAll(room.alice, room.id), 'bot:error')).toHaveLength(elsewhere.length);
      });

      test('reports UNREACHABLE for a host that does not answer', async () => {
        await using room = await openRoom(server, door, { bot_code });

        const answers = await say(room.alice, room.id, `cert ${GONE}`);

        expect(answers.map(({ body }) => [body.type, body.code])).toEqual([['bot:error', 'UNREACHABLE']]);
        expect(ofType(await readAll(room.bob, room.id), 'bot:error')).toEqual(answers);
      });
    },
  );
});
