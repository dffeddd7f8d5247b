import type { WebAnswer, WebFailure } from '../../../bot-sdk/web.js';

export type FailedAnswer = Extract<WebAnswer, { kind: 'failed' }>;

/** A request that gets no answer, and why, in our own words. They name hosts, never the addresses behind them. */
export class WebRefusal extends Error {
  constructor(
    readonly code: WebFailure,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }

  /** What a bot is told. */
  get answer(): FailedAnswer {
    return { kind: 'failed', code: this.code, detail: this.detail };
  }
}

/** Says what went wrong on the way to a host. */
export function refusalOf(error: unknown, host: string): WebRefusal {
  if (error instanceof WebRefusal) return error;
  const code = codeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW') return new WebRefusal('FETCH_LIMIT', `${host} answered with too many headers`);
  return new WebRefusal('UNREACHABLE', `${host} ${whatHappened(code)}`);
}

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function whatHappened(code: string): string {
  if (code === 'ECONNREFUSED') return 'refused the connection';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'broke the connection off';
  if (code.startsWith('HPE_')) return 'did not answer in HTTP';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return 'could not agree on TLS';
  return 'could not be reached';
}
