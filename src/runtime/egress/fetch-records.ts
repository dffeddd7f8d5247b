import { canonicalJson } from '../../../bot-sdk/canonical-json.js';
import type { WebAnswer, WebFailure, WebRequest } from '../../../bot-sdk/web.js';
import { contentHash, type Hash } from '../../kernel/hash.js';
import type { TunnelRecord } from './tunnel.js';

/** A web request of a run and the answer that the bot received. */
export interface NetworkExchange {
  readonly request: WebRequest;
  readonly answer: WebAnswer;
  /** The URLs that redirected, in order. */
  readonly via: readonly string[];
  /** The time of the answer. */
  readonly at: string;
}

interface Hashes {
  /** The hashes of the canonical JSON of the WebRequest and the WebAnswer. */
  readonly request_hash: Hash;
  readonly response_hash: Hash;
  readonly at: string;
}

/** The record of a use of the network in a receipt. */
export type FetchRecord =
  | (Hashes & { method: string; url: string; via?: readonly string[]; status: number; tls_cert_sha256: string })
  | (Hashes & { tls: string; port: number; tls_cert_sha256: string })
  | (Hashes & { method: string; url: string; failed: WebFailure })
  | (Hashes & { tls: string; port: number; failed: WebFailure })
  | { tunnel: string; port: number; bytes: number; hash: Hash; at: string };

export function recordOfExchange({ request, answer, via, at }: NetworkExchange): FetchRecord {
  const hashes = {
    request_hash: contentHash(canonicalJson(request)),
    response_hash: contentHash(canonicalJson(answer)),
    at,
  };
  if (answer.kind === 'fetched') {
    const { method, url, status, tls } = answer.receipt;
    return { method, url, ...(via.length && { via }), status, tls_cert_sha256: tls.peer_cert_sha256, ...hashes };
  }
  if (answer.kind === 'seen') {
    const { host, port, fingerprint_sha256 } = answer.sight;
    return { tls: host, port, tls_cert_sha256: fingerprint_sha256, ...hashes };
  }
  if (request.kind === 'tls') return { tls: request.host, port: request.port, failed: answer.code, ...hashes };
  return { method: request.method, url: request.url, failed: answer.code, ...hashes };
}

export function recordOfTunnel({ host, port, sent, received, hash, at }: TunnelRecord): FetchRecord {
  return { tunnel: host, port, bytes: sent + received, hash, at };
}
