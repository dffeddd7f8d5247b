import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Clock } from '../src/kernel/clock.js';
import { readConfig } from '../src/platform/config/config.js';
import { TlsConnections } from '../src/platform/egress/tls-connections.js';
import { Egress } from '../src/runtime/egress/egress.js';
import { TlsFixture } from '../test/support/tls-fixture.js';
import { type Table, timed } from './report.js';

const HOST = 'prices.bench.test';

/** What the broker adds to a request: name, address and certificate checked, answer recorded. */
export async function egress(table: Table) {
  await using site = await TlsFixture.start([HOST]);
  const config = readConfig({ EGRESS_HOSTS: site.vouched, EGRESS_CA: site.caFile }, 'no file');
  const broker = new Egress(TlsConnections.open(config.egress), new Clock());
  const port = Number(site.vouched.split(':').at(-1));
  const ca = readFileSync(site.caFile);
  const path = '/v2/prices/BTC-USD/spot';

  const direct = await timed(40, 30, () => get({ host: '127.0.0.1', port, ca, path, servername: HOST, agent: false }));
  const brokered = await timed(40, 30, async () => {
    const session = broker.session({ hosts: [HOST], signal: new AbortController().signal });
    const answer = await session.ask({ kind: 'fetch', url: `https://${HOST}${path}`, method: 'GET', headers: {} });
    if (answer.kind !== 'fetched') throw new Error(JSON.stringify(answer));
    await session.close();
  });
  table.add(
    'ms added by the broker to an https request (direct, brokered)',
    `${(brokered.p50 - direct.p50).toFixed(1)} (${direct.p50.toFixed(1)}, ${brokered.p50.toFixed(1)})`,
  );
}

const get = (options: object) =>
  new Promise<void>((resolve, reject) => {
    request(options, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
