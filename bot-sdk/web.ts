/** What a bot asks of the network, and what it is told. Both cross a wall as JSON; bytes are base64. */
export type WebRequest =
  | {
      kind: 'fetch';
      url: string;
      method: string;
      headers: Record<string, string>;
      body?: string;
      /** After so long the bot would rather hear that nothing came. */
      timeout_ms?: number;
    }
  | { kind: 'tls'; host: string; port: number };

/** What the broker saw of a page: small enough to be posted beside what the bot made of it. */
export interface FetchReceipt {
  url: string;
  method: string;
  status: number;
  /** When the answer was complete, by the broker's clock, ISO 8601. */
  fetched_at: string;
  /** Hex SHA-256 over the body as the bot was given it. */
  body_sha256: string;
  tls: { peer_cert_sha256: string };
}

/** A host's certificate as the broker saw it, valid or not. */
export interface TlsSight {
  host: string;
  port: number;
  observed_at: string;
  subject: string;
  issuer: string;
  san: string[];
  not_before: string;
  not_after: string;
  serial: string;
  fingerprint_sha256: string;
  /** Hex SHA-256 over the DER of each certificate, leaf first. */
  chain: string[];
  /** The same chain in PEM. */
  pem: string[];
  validated: boolean;
  /** Why it does not hold: `expired`, `not_yet_valid`, `self_signed`, `unknown_issuer`, `wrong_host`, `revoked` or `invalid`. */
  reason?: string;
  /** Which certificates were taken for trusted: `node@<version>`, with `+<hash>` where the operator added some. */
  trust_store: string;
  tls_version: string;
  cipher: string;
}

export const WEB_FAILURES = ['FETCH_BLOCKED', 'FETCH_LIMIT', 'UNREACHABLE'] as const;
export type WebFailure = (typeof WEB_FAILURES)[number];

export type WebAnswer =
  | {
      kind: 'fetched';
      /** The address that answered in the end, after redirects. */
      url: string;
      status: number;
      headers: [name: string, value: string][];
      /** Base64; compression is undone. */
      body: string;
      receipt: FetchReceipt;
    }
  | { kind: 'seen'; sight: TlsSight }
  | { kind: 'failed'; code: WebFailure; detail: string };

/** The way out of a realm. It answers for every request; what cannot be is a `failed` answer. */
export type Web = (request: WebRequest) => Promise<WebAnswer>;

/** The way out where there is none. */
export const NO_WEB: Web = async () => ({
  kind: 'failed',
  code: 'FETCH_BLOCKED',
  detail: 'the bot has no network here',
});
