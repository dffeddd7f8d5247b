import type { RunLimits } from './contract.js';
import { utf8Bytes } from './digest.js';
import { RefusedEffectError } from './ledger.js';
import type { Web, WebAnswer, WebRequest } from './web.js';

const MAX_URL = 4_096;
const MAX_HEADERS = 50;
const MAX_BODY_BYTES = 262_144;
const MAX_TIMEOUT_MS = 60_000;

/** A request from a realm, not validated yet. */
interface Draft {
  kind?: unknown;
  url?: unknown;
  method?: unknown;
  headers?: unknown;
  timeout_ms?: unknown;
  body?: { text?: unknown; hex?: unknown };
  host?: unknown;
  port?: unknown;
}

/**
 * The web requests of one run. They run concurrently, but their answers are delivered in the order of the requests, so
 * that a run depends on the answers and not on their timing.
 */
export class WebDesk {
  private readonly asked: Promise<WebAnswer>[] = [];
  private readonly answers: WebAnswer[] = [];

  constructor(
    private readonly web: Web,
    private readonly limits: Pick<RunLimits, 'fetches'>,
  ) {}

  /** Starts a request and returns its number. */
  take(draft: Draft): number {
    if (this.asked.length >= this.limits.fetches) {
      throw new RefusedEffectError('FETCH_LIMIT', `a hook may ask the network ${this.limits.fetches} times`);
    }
    return this.asked.push(this.web(requestOf(draft))) - 1;
  }

  /** Whether a request has not been delivered yet. */
  get isWaiting(): boolean {
    return this.answers.length < this.asked.length;
  }

  /** The next answer in the order of the requests, for the realm. Its body stays here until the realm reads it. */
  async next(): Promise<{ n: number; answer: object }> {
    const n = this.answers.length;
    const answer = (await this.asked[n]) as WebAnswer;
    this.answers.push(answer);
    const { body, ...told } = { body: undefined, ...answer };
    return { n, answer: told };
  }

  bytes(n: unknown): Uint8Array {
    const answer = this.answers[Number(n)];
    if (answer?.kind !== 'fetched') throw new RefusedEffectError('BAD_EFFECT', 'there is no such answer');
    return Uint8Array.from(atob(answer.body), (character) => character.charCodeAt(0));
  }

  text(n: unknown): string {
    return new TextDecoder().decode(this.bytes(n));
  }
}

function requestOf({ kind, url, method, headers, body, timeout_ms, host, port }: Draft): WebRequest {
  if (kind === 'tls') return { kind, host: text(host, 'host', 253), port: portOf(port) };
  return {
    kind: 'fetch',
    url: text(url, 'url', MAX_URL),
    method: text(method, 'method', 10).toUpperCase(),
    headers: headersOf(headers),
    ...(body === undefined ? {} : { body: base64(bodyOf(body)) }),
    ...(timeout_ms === undefined ? {} : { timeout_ms: timeoutOf(timeout_ms) }),
  };
}

function headersOf(headers: unknown): Record<string, string> {
  const pairs = Object.entries(headers ?? {});
  if (pairs.length > MAX_HEADERS) throw new RefusedEffectError('FETCH_LIMIT', `more than ${MAX_HEADERS} headers`);
  return Object.fromEntries(
    pairs.map(([name, value]) => [text(name, 'a header', 100), text(value, 'a header', 8_192)]),
  );
}

function bodyOf(body: NonNullable<Draft['body']>): Uint8Array {
  const bytes = typeof body.text === 'string' ? new TextEncoder().encode(body.text) : utf8Bytes(String(body.hex));
  if (bytes.length > MAX_BODY_BYTES)
    throw new RefusedEffectError('FETCH_LIMIT', `a body of more than ${MAX_BODY_BYTES} bytes`);
  return bytes;
}

function text(value: unknown, what: string, most: number): string {
  if (typeof value === 'string' && value.length <= most && value.isWellFormed()) return value;
  throw new RefusedEffectError('FETCH_BLOCKED', `${what} is not a text of at most ${most} characters`);
}

function portOf(port: unknown): number {
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535) return port as number;
  throw new RefusedEffectError('FETCH_BLOCKED', 'port is not a number from 1 to 65535');
}

function timeoutOf(timeout: unknown): number {
  if (Number.isInteger(timeout) && (timeout as number) >= 1 && (timeout as number) <= MAX_TIMEOUT_MS)
    return timeout as number;
  throw new RefusedEffectError('FETCH_BLOCKED', `timeout_ms is not a whole number from 1 to ${MAX_TIMEOUT_MS}`);
}

function base64(bytes: Uint8Array): string {
  // In batches, because the number of arguments of a call is limited.
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8_192) binary += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return btoa(binary);
}
