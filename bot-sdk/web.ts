/** A network request of a bot, and its answer. Both are sent as JSON; bytes are base64. */
export type WebRequest =
  | {
      kind: 'fetch';
      url: string;
      method: string;
      headers: Record<string, string>;
      body?: string;
      /** The time after which the request fails, in milliseconds. */
      timeout_ms?: number;
    }
  | { kind: 'tls'; host: string; port: number };

/** Facts about a fetched page, small enough to be posted with the bot's result. */
export interface FetchReceipt {
  url: string;
  method: string;
  status: number;
  /** When the answer was complete, by the broker's clock, ISO 8601. */
  fetched_at: string;
  /** Hex SHA-256 of the body as the bot received it. */
  body_sha256: string;
  tls: { peer_cert_sha256: string };
}

/** A host's certificate as the broker received it, valid or not. */
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
  /** Hex SHA-256 of each certificate's DER, leaf first. */
  chain: string[];
  /** The same chain in PEM. */
  pem: string[];
  validated: boolean;
  /**
   * Why it is invalid: `expired`, `not_yet_valid`, `self_signed`, `unknown_issuer`, `wrong_host`, `revoked` or
   * `invalid`.
   */
  reason?: string;
  /** The trusted certificates: `node@<version>`, with `+<hash>` if the operator added some. */
  trust_store: string;
  tls_version: string;
  cipher: string;
}

export const WEB_FAILURES = ['FETCH_BLOCKED', 'FETCH_LIMIT', 'UNREACHABLE'] as const;
export type WebFailure = (typeof WEB_FAILURES)[number];

export type WebAnswer =
  | {
      kind: 'fetched';
      /** The final URL, after redirects. */
      url: string;
      status: number;
      headers: [name: string, value: string][];
      /** Base64, decompressed. */
      body: string;
      receipt: FetchReceipt;
    }
  | { kind: 'seen'; sight: TlsSight }
  | { kind: 'failed'; code: WebFailure; detail: string };

/** Performs network requests. It answers every request; a failure is a `failed` answer. */
export type Web = (request: WebRequest) => Promise<WebAnswer>;

/** For bots without network access. */
export const NO_WEB: Web = async () => ({
  kind: 'failed',
  code: 'FETCH_BLOCKED',
  detail: 'the bot has no network here: name hosts in permissions.network of its manifest',
});
