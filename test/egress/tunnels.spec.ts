import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Egress } from '../../src/runtime/egress/egress.js';
import type { RunNetwork } from '../../src/runtime/egress/run-network.js';
import { Tunnel } from '../../src/runtime/egress/tunnel.js';
import { eventually } from '../support/rooms.js';
import { TlsFixture } from '../support/tls-fixture.js';
import { failed, openEgress, openSession, range } from './broker.js';

let site: TlsFixture;
let mirror: Server;
let egress: Egress;
let session: RunNetwork;
const mirrored = new Set<Socket>();
beforeAll(async () => {
  site = await TlsFixture.start(['api.test']);
  // Sends back what it gets, and ends when the other side does.
  mirror = createServer((socket) => {
    mirrored.add(socket.on('error', () => {}).on('close', () => mirrored.delete(socket)));
    socket.pipe(socket);
  });
  await once(mirror.listen(0, '127.0.0.1'), 'listening');
  const { port } = mirror.address() as AddressInfo;
  egress = openEgress({ EGRESS_HOSTS: `${site.vouched},mirror.test=127.0.0.1:${port}`, EGRESS_CA: site.caFile });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  mirror.close();
});
beforeEach(() => {
  session = openSession(egress, ['api.test', 'mirror.test']);
});
afterEach(() => session.close());

async function opened(host: string): Promise<Tunnel> {
  const tunnel = await session.open(host, 443);
  if (!(tunnel instanceof Tunnel)) throw new Error(JSON.stringify(tunnel));
  return tunnel;
}

async function readAll(tunnel: Tunnel): Promise<Buffer> {
  return Buffer.concat(await tunnel.toArray());
}

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

describe('A tunnel', () => {
  test('carries bytes in both directions, and its record counts and hashes them', async () => {
    const bytes = randomBytes(300_000);
    const tunnel = await opened('mirror.test');

    tunnel.end(bytes);
    const received = await readAll(tunnel);

    expect(received.equals(bytes)).toBe(true);
    const hash = `sha256:${sha(Buffer.concat([sha(bytes), sha(received)])).toString('hex')}`;
    expect(session.tunnels).toEqual([
      { host: 'mirror.test', port: 443, sent: 300_000, received: 300_000, hash, at: expect.stringMatching(/Z$/) },
    ]);
    expect(session.records()).toMatchObject([{ tunnel: 'mirror.test', port: 443, bytes: 600_000, hash }]);
  });

  test('has a hash that distinguishes sent from received bytes', async () => {
    const tunnel = await opened('mirror.test');
    tunnel.end('ab');
    await readAll(tunnel);

    const hash = session.tunnels[0]?.hash;

    expect(hash).not.toBe(`sha256:${sha(Buffer.from('abab')).toString('hex')}`);
    expect(hash).toBe(`sha256:${sha(Buffer.concat([sha(Buffer.from('ab')), sha(Buffer.from('ab'))])).toString('hex')}`);
  });

  test('allows the bot to use its own TLS', async () => {
    const tunnel = await opened('api.test');

    const secure = connect({ socket: tunnel, servername: 'api.test', ca: site.ca });
    secure.end('GET /v2/prices/BTC-USD/spot HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n');
    const page = Buffer.concat(await secure.toArray()).toString();

    expect(page).toContain('"amount":"114609.375"');
  });

  test('slows the host down if the bot does not read', async () => {
    const tunnel = await opened('mirror.test');

    // Much more than anybody buffers on the way, and less than the budget.
    tunnel.write(randomBytes(2_000_000));
    await new Promise((later) => setTimeout(later, 200));

    expect(session.tunnels[0]?.received).toBeLessThan(200_000);
  });

  test('closes when the host disconnects', async () => {
    const tunnel = await opened('mirror.test');
    tunnel.write('hello');
    await once(tunnel, 'data');

    for (const socket of mirrored) socket.resetAndDestroy();
    await once(tunnel, 'close');

    expect(tunnel.destroyed).toBe(true);
  });

  test('closes when the budget of all tunnels is used up, and does not count the bytes that were not forwarded', async () => {
    await using poor = openSession(egress, ['mirror.test'], { tunnelBytes: 1_000 });
    const [first, second] = [await poor.open('mirror.test', 443), await poor.open('mirror.test', 443)] as Tunnel[];

    first?.end(randomBytes(400));
    await first?.toArray();
    second?.write(randomBytes(201));
    await once(second as Tunnel, 'close');

    expect(poor.tunnels).toMatchObject([
      { sent: 400, received: 400 },
      { sent: 0, received: 0 },
    ]);
  });

  test('is closed when the run ends', async () => {
    const tunnel = await opened('mirror.test');
    tunnel.write('hello');
    await once(tunnel, 'data');

    await session.close();

    expect(tunnel.destroyed).toBe(true);
    await eventually(async () => mirrored.size === 0);
  });

  test('counts as a request, and frees its slot when it closes', async () => {
    await using few = openSession(egress, ['mirror.test'], { requests: 3, atOnce: 1 });
    const first = (await few.open('mirror.test', 443)) as Tunnel;
    const second = few.open('mirror.test', 443);

    first.destroy();
    const third = ((await second) as Tunnel).destroy() && (await few.open('mirror.test', 443));

    expect(third).toBeInstanceOf(Tunnel);
    expect(await few.open('mirror.test', 443)).toMatchObject(failed('FETCH_LIMIT', /3 times$/));
  });

  test.each([
    [undefined, 443],
    ['mirror.test', '443'],
    ['mirror.test', 0],
    ['mirror.test', 1.5],
    [['mirror.test'], 443],
  ])('to %j port %j is refused', async (host, port) => {
    expect(await session.open(host as string, port as number)).toMatchObject(failed('FETCH_BLOCKED', /no web request/));
  });

  test('waits if eight are open', async () => {
    const tunnels = await Promise.all(range(8).map(() => opened('mirror.test')));
    const ninth = session.open('mirror.test', 443);

    const first = await Promise.race([ninth, new Promise((later) => setTimeout(later, 100, 'waits'))]);
    tunnels[0]?.destroy();

    expect(first).toBe('waits');
    expect(await ninth).toBeInstanceOf(Tunnel);
  });
});
