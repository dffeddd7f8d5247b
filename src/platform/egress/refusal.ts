import type { WebAnswer, WebFailure } from '../../../bot-sdk/web.js';

export type FailedAnswer = Extract<WebAnswer, { kind: 'failed' }>;

/** A web request of a bot that failed. The message is our own text; it names hosts, never their addresses. */
export class WebRefusalError extends Error {
  constructor(
    readonly code: WebFailure,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }

  /** The answer that the bot receives. */
  get answer(): FailedAnswer {
    return { kind: 'failed', code: this.code, detail: this.detail };
  }
}

/** Converts an error of a connection to a refusal for this host. */
export function webRefusalOf(error: unknown, host: string): WebRefusalError {
  if (error instanceof WebRefusalError) return error;
  const code = codeOf(error);
  if (code === 'HPE_HEADER_OVERFLOW')
    return new WebRefusalError('FETCH_LIMIT', `${host} answered with too many headers`);
  return new WebRefusalError('UNREACHABLE', `${host} ${whatHappened(code)}`);
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
