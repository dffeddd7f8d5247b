import { setTimeout } from 'node:timers/promises';
import type { WebAnswer, WebRequest } from '../../bot-sdk/web.js';
import type { NetworkAccess } from '../../src/runtime/runner.js';
import { canonical } from './longhand.js';

/** What answers at an address: a page, a failure, or nobody, ever. */
export type Answer =
  | Partial<Extract<WebAnswer, { kind: 'fetched' }>>
  | Extract<WebAnswer, { kind: 'failed' | 'seen' }>
  | 'silence';

/** A way to the network on which a table answers, and which remembers what was asked. */
export class TableNetwork implements NetworkAccess {
  readonly isOpen = true;
  readonly asked: WebRequest[] = [];

  constructor(
    private readonly table: Record<string, Answer>,
    /** How long each answer takes: by default the first asked is answered last. */
    private readonly delays: readonly number[] = [60, 0],
  ) {}

  readonly ask = async (request: WebRequest): Promise<WebAnswer> => {
    const delay = this.delays[this.asked.push(request) - 1] ?? 0;
    if (delay) await setTimeout(delay);
    const at = addressOf(request);
    const answer = this.table[at];
    if (answer === 'silence') return new Promise(() => {});
    if (!answer) return { kind: 'failed', code: 'UNREACHABLE', detail: `nobody is at ${at}` };
    return answer.kind === 'failed' || answer.kind === 'seen' ? answer : { ...pageAt(request), ...answer };
  };

  tunnel(): Promise<never> {
    return Promise.reject(new Error('there is no tunnel here'));
  }
}

/** A way on which the answers of an earlier run come again, as long as the same is asked. */
export class RecordedWay implements NetworkAccess {
  readonly isOpen = true;
  private asked = 0;

  constructor(private readonly exchanges: readonly { request: WebRequest; answer: WebAnswer }[]) {}

  get left(): number {
    return this.exchanges.length - this.asked;
  }

  readonly ask = async (request: WebRequest): Promise<WebAnswer> => {
    const exchange = this.exchanges[this.asked++];
    const isSame = canonical(exchange?.request) === canonical(request);
    return exchange && isSame ? exchange.answer : { kind: 'failed', code: 'UNREACHABLE', detail: 'that was not asked' };
  };

  tunnel(): Promise<never> {
    return Promise.reject(new Error('there is no tunnel here'));
  }
}

export const addressOf = (request: WebRequest) => (request.kind === 'tls' ? request.host : request.url);

/** The text as a page has it. */
export const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

/** The receipt of a page that the table answered with. */
export const receiptOf = (url: string, method = 'GET') => ({
  url,
  method,
  status: 200,
  fetched_at: '2026-11-20T12:00:01.000Z',
  body_sha256: 'cd'.repeat(32),
  tls: { peer_cert_sha256: 'ab'.repeat(32) },
});

function pageAt(request: WebRequest): Extract<WebAnswer, { kind: 'fetched' }> {
  const { url, method } = request as Extract<WebRequest, { kind: 'fetch' }>;
  return { kind: 'fetched', url, status: 200, headers: [], body: '', receipt: receiptOf(url, method) };
}
