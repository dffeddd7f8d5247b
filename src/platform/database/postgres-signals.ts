import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { inBackground } from '../../kernel/background.js';
import { connectionOptions } from './postgres.js';
import { MAX_SIGNAL_BYTES, Signals } from './signals.js';

/** A commit with a NOTIFY takes a lock on the whole cluster, so signals are sent together, apart from all writes. */
const BATCH_MS = 5;
/** Postgres takes less than 8,000 bytes in one notification. */
const MAX_PAYLOAD_BYTES = 7_500;
/** After this many unsent signals the oldest are dropped. */
const MAX_UNSENT = 50_000;
const RECONNECT_MS = 250;
/** A connection that is not answered is lost, even if nothing closes it. */
const PROBE_MS = 5_000;
const CHANNEL = 'parley';

type Signal = [topic: string, text: string];

/** Signals through LISTEN and NOTIFY, over a connection of their own. */
export class PostgresSignals extends Signals implements OnApplicationShutdown {
  override readonly isShared = true;
  private readonly self = randomUUID();
  private readonly unsent: Signal[] = [];
  private client?: pg.Client;
  private batch?: NodeJS.Timeout;
  private sending: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  private constructor(private readonly url: string) {
    super();
  }

  static async open(url: string): Promise<PostgresSignals> {
    const signals = new PostgresSignals(url);
    signals.client = await signals.connected();
    const probe = setInterval(() => signals.client?.query('SELECT 1').catch(() => signals.drop()), PROBE_MS);
    signals.stopping.signal.addEventListener('abort', () => clearInterval(probe));
    return signals;
  }

  override send(topic: string, text: string) {
    if (Buffer.byteLength(text) > MAX_SIGNAL_BYTES || this.stopping.signal.aborted) return;
    this.unsent.push([topic, text]);
    if (this.unsent.length > MAX_UNSENT) this.unsent.splice(0, this.unsent.length - MAX_UNSENT);
    this.batch ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  /** The last signals are sent before the connection closes. */
  async onApplicationShutdown() {
    this.flush();
    await this.sending;
    this.stopping.abort();
    await this.client?.end().catch(() => undefined);
  }

  private flush() {
    clearTimeout(this.batch);
    this.batch = undefined;
    this.sending = this.sending.then(() => this.sendAll());
  }

  /** What cannot be sent is kept for the next connection. */
  private async sendAll() {
    const { client } = this;
    if (!client || !this.unsent.length) return;
    const signals = this.unsent.splice(0);
    const sent = client.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
      CHANNEL,
      payloadsOf(this.self, signals),
    ]);
    await sent.catch(() => {
      this.unsent.unshift(...signals);
      this.drop();
    });
  }

  private async connected(): Promise<pg.Client> {
    const { onConnect, ...options } = connectionOptions();
    const client = new pg.Client({ connectionString: this.url, ...options, query_timeout: PROBE_MS });
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    client.on('notification', ({ payload = '' }) => this.receive(payload));
    try {
      await client.connect();
      await onConnect(client);
      await client.query(`LISTEN ${CHANNEL}`);
      return client;
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
  }

  private receive(payload: string) {
    const [from, ...signals] = JSON.parse(payload) as [string, ...Signal[]];
    if (from === this.self) return;
    for (const [topic, text] of signals) this.received(topic, text);
  }

  /** Gives up the connection and opens the next one. */
  private drop(lost = this.client) {
    if (!lost || lost !== this.client) return;
    this.client = undefined;
    lost.end().catch(() => undefined);
    inBackground('connecting to Postgres', this.reconnect());
  }

  private async reconnect() {
    while (!this.client && !this.stopping.signal.aborted) {
      await sleep(RECONNECT_MS, undefined, { ref: false });
      this.client = await this.connected().catch(() => undefined);
    }
    if (this.stopping.signal.aborted) return void (await this.client?.end().catch(() => undefined));
    this.missed();
    this.flush();
  }
}

/** Each payload is a JSON array: who sends it, and signals, as many as fit. */
function payloadsOf(self: string, signals: readonly Signal[]): string[] {
  const payloads: string[] = [];
  let texts = [JSON.stringify(self)];
  let bytes = 0;
  for (const text of signals.map((signal) => JSON.stringify(signal))) {
    const more = Buffer.byteLength(text) + 1;
    if (texts.length > 1 && bytes + more > MAX_PAYLOAD_BYTES - 100) {
      payloads.push(`[${texts.join()}]`);
      texts = [JSON.stringify(self)];
      bytes = 0;
    }
    texts.push(text);
    bytes += more;
  }
  return [...payloads, `[${texts.join()}]`];
}
