import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DOORS, type Door, type Person } from '../support/doors.js';
import { ofType, readAll, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { type RunningServer, startServer } from '../support/server.js';
import { TlsFixture } from '../support/tls-fixture.js';

/** One host of the manifest is the fixture, another one is where nobody listens. */
const HOST = 'example.com';
const GONE = 'example.org';

let fixture: TlsFixture;
let server: RunningServer;
beforeAll(async () => {
  fixture = await TlsFixture.start([HOST]);
  server = await startServer({ EGRESS_HOSTS: `${fixture.vouched},${GONE}=127.0.0.1:1`, EGRESS_CA: fixture.caFile });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});
beforeEach(() => fixture.show('valid'));

describe.each(DOORS)('A certificate, over %s', (_, door) => {
  test('is posted once, whole, and the same for everyone', async () => {
    await using room = await openRoom(door);
    const { alice, bob, id } = room;

    const [answer, ...more] = await say(alice, id, `cert ${HOST}`);

    const leaf = new X509Certificate(fixture.certificate('valid'));
    expect(more).toEqual([]);
    expect(answer).toMatchObject({
      kind: 'bot',
      body: {
        type: 'certificate',
        host: HOST,
        port: 443,
        serial: leaf.serialNumber,
        not_after: new Date(leaf.validTo).toISOString(),
        fingerprint_sha256: sha256(leaf.raw),
        validated: true,
        tls_version: expect.stringMatching(/^TLSv1\.[23]$/),
      },
    });
    expect(answer?.body.chain[0]).toBe(answer?.body.fingerprint_sha256);
    expect(answer?.body.reason).toBeUndefined();
    const observed = Date.parse(answer?.body.observed_at);
    expect(Math.abs(observed - Date.now())).toBeLessThan(60_000);
    expect(ofType(await readAll(bob, id), 'certificate')).toEqual([answer]);
    expect(await readAll(bob, id)).toEqual(await readAll(alice, id));
  });

  test('can be requested as raw bytes, whose hashes are those that were posted', async () => {
    await using room = await openRoom(door);
    const [seen] = await say(room.alice, room.id, `cert ${HOST}`);

    const [raw] = await say(room.bob, room.id, 'raw');

    expect(raw?.body).toMatchObject({ type: 'certificate_chain', host: HOST, observed_at: seen?.body.observed_at });
    expect(raw?.body.pem.map((pem: string) => sha256(new X509Certificate(pem).raw))).toEqual(seen?.body.chain);
    expect(sha256((raw?.body.pem ?? []).join(''))).toBe(seen?.body.pem_sha256);
    expect(new X509Certificate(raw?.body.pem[0]).serialNumber).toBe(seen?.body.serial);
  });

  test('that has expired is shown as expired; the older message stays', async () => {
    await using room = await openRoom(door);
    const [valid] = await say(room.alice, room.id, `cert ${HOST}`);

    fixture.show('expired');
    const [expired] = await say(room.alice, room.id, `cert ${HOST}`);

    expect(expired?.body).toMatchObject({ type: 'certificate', validated: false, reason: 'expired', host: HOST });
    expect(ofType(await readAll(room.bob, room.id), 'certificate')).toEqual([valid, expired]);
  });

  test.each(['wrong_host', 'self_signed', 'unknown_issuer', 'not_yet_valid'] as const)(
    'that is invalid is shown with the reason: %s',
    async (shown) => {
      await using room = await openRoom(door);

      fixture.show(shown);
      const [answer] = await say(room.alice, room.id, `cert ${HOST}`);

      expect(answer?.body).toMatchObject({ type: 'certificate', validated: false, reason: shown });
    },
  );

  test.each(['evil.test', '127.0.0.1', '[::1]', '2130706433', 'localhost', `${HOST}.`, `${HOST}:22`])(
    'of %s is refused',
    async (host) => {
      await using room = await openRoom(door);

      const answers = await say(room.bob, room.id, `cert ${host}`);

      expect(answers.map(({ kind, body }) => [kind, body.type, body.reason])).toEqual([
        ['control', 'violation', 'FETCH_BLOCKED'],
      ]);
    },
  );

  test('of a host that does not answer is an error that everyone sees', async () => {
    await using room = await openRoom(door);

    const answers = await say(room.alice, room.id, `cert ${GONE}`);

    expect(answers.map(({ body }) => [body.type, body.code])).toEqual([['bot:error', 'UNREACHABLE']]);
    expect(ofType(await readAll(room.bob, room.id), 'bot:error')).toHaveLength(1);
  });
});

interface Room extends AsyncDisposable {
  readonly id: string;
  readonly alice: Person;
  readonly bob: Person;
}

async function openRoom(door: Door): Promise<Room> {
  const [alice, bob] = await Promise.all([door(server, 'alice'), door(server, 'bob')]);
  const slots = ['bot:tls', 'invite:alice', 'invite:bob'];
  const { channel_id: id, invites } = await alice.call('create_channel', { name: 'TLS', slots, bot_preset: 'TlsBot' });
  await alice.call('join_channel', { invite_code: invites[0] });
  await bob.call('join_channel', { invite_code: invites[1] });
  return { id, alice, bob, [Symbol.asyncDispose]: async () => void (await Promise.all([alice.close(), bob.close()])) };
}
