import { expect } from '@jest/globals';
import type { FetchReceipt, TlsSight, WebAnswer } from '../../bot-sdk/web.js';
import { Clock } from '../../src/kernel/clock.js';
import { readConfig } from '../../src/platform/config/config.js';
import { isPublicAddress } from '../../src/platform/egress/addresses.js';
import { TlsConnections } from '../../src/platform/egress/tls-connections.js';
import { Egress } from '../../src/runtime/egress/egress.js';
import type { WebLimits } from '../../src/runtime/egress/limits.js';
import type { RunNetwork } from '../../src/runtime/egress/run-network.js';

/** A broker as the settings make it. */
export function openEgress(env: Record<string, string>): Egress {
  return new Egress(TlsConnections.open(readConfig(env, 'no such file').egress), new Clock());
}

/**
 * A broker to which 127.0.0.1 counts as public, beside what really is. Its tests name no address that is public, and no
 * hostile one before 127.0.0.1 in the same answer: so a defence that fails reaches nobody outside this machine.
 */
export function openEgressToLoopback(env: Record<string, string>): Egress {
  const isAllowed = (address: string) => address === '127.0.0.1' || isPublicAddress(address);
  return new Egress(TlsConnections.open(readConfig(env, 'no such file').egress, isAllowed), new Clock());
}

export function openSession(egress: Egress, hosts: string[], limits: Partial<WebLimits> = {}): RunNetwork {
  return egress.session({ hosts, limits, signal: new AbortController().signal });
}

export const get = (session: RunNetwork, url: string, headers: Record<string, string> = {}) =>
  session.ask({ kind: 'fetch', url, method: 'GET', headers });

export const post = (session: RunNetwork, url: string, body: string, headers: Record<string, string> = {}) =>
  session.ask({ kind: 'fetch', url, method: 'POST', headers, body: Buffer.from(body).toString('base64') });

export const look = (session: RunNetwork, host: string, port = 443) => session.ask({ kind: 'tls', host, port });

export interface Page {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  readonly headers: [string, string][];
  readonly receipt: FetchReceipt;
}

/** The page; where there is none, an error that says what came instead. */
export function fetched(answer: WebAnswer): Page {
  if (answer.kind !== 'fetched') throw new Error(JSON.stringify(answer));
  return { ...answer, text: Buffer.from(answer.body, 'base64').toString() };
}

export function seen(answer: WebAnswer): TlsSight {
  if (answer.kind !== 'seen') throw new Error(JSON.stringify(answer));
  return answer.sight;
}

export const failed = (code: string, detail?: RegExp) => ({
  kind: 'failed',
  code,
  ...(detail && { detail: expect.stringMatching(detail) }),
});

export const range = (length: number) => Array.from({ length }, (_, i) => i);
