import { visible } from '../terminal/visible.js';
import { ExaminationError } from './examination.js';

const MAX_ANSWER_LENGTH = 1_000_000;

export interface HttpAnswer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly ms: number;
}

/** Sends requests like a connector: it follows no redirects and has a time limit. */
export class ConnectorRequests {
  constructor(
    private readonly limitMs: number,
    private readonly signal: AbortSignal,
  ) {}

  async ask(url: string, init: RequestInit = {}): Promise<HttpAnswer> {
    const began = performance.now();
    const timeout = AbortSignal.timeout(this.limitMs);
    try {
      const signal = AbortSignal.any([timeout, this.signal]);
      const response = await fetch(url, { ...init, redirect: 'manual', signal });
      const text = (await response.text()).slice(0, MAX_ANSWER_LENGTH);
      return { url, status: response.status, headers: response.headers, text, ms: performance.now() - began };
    } catch (error) {
      if (this.signal.aborted) throw error;
      throw timeout.aborted ? this.timedOut(url) : unreachable(url, error);
    }
  }

  get(url: string, headers: Record<string, string> = {}) {
    return this.ask(url, { headers: { accept: 'application/json', ...headers } });
  }

  post(url: string, body: unknown, headers: Record<string, string> = {}) {
    const all = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers };
    return this.ask(url, { method: 'POST', body: JSON.stringify(body), headers: all });
  }

  form(url: string, fields: Record<string, string>) {
    return this.ask(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { accept: 'application/json' },
    });
  }

  private timedOut(url: string) {
    const seconds = this.limitMs / 1_000;
    return new ExaminationError(
      `${shown(url)} does not answer within ${seconds} s. Claude gives up after ten seconds.`,
      'Find out what the server waits for. It should answer within a second.',
    );
  }
}

/** The JSON object in a response. */
export function objectIn({ url, headers, text }: HttpAnswer): Record<string, unknown> {
  const type = headers.get('content-type') ?? '';
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  const what = /html/i.test(type) || /^\s*</.test(text) ? 'a web page' : 'something else';
  throw new ExaminationError(
    `${shown(url)} answers with ${what} instead of JSON.`,
    'Something in front of the server answers instead of it. Configure it to forward this path.',
  );
}

/** Throws for a redirect, because connectors do not follow redirects of the requests that the doctor sends. */
export function assertNoRedirect({ url, status, headers }: HttpAnswer) {
  if (status < 300 || status > 399) return;
  const to = headers.get('location') ?? '';
  throw new ExaminationError(
    `${shown(url)} redirects to ${shown(to)}, and connectors lose the token at a redirect or refuse to follow it.`,
    'Give people the address to which it redirects, and set PUBLIC_URL to the origin of that address.',
  );
}

/** Text of the server, cut to a length that fits into a sentence. */
export const shown = (text: unknown) =>
  visible(typeof text === 'string' ? text : (JSON.stringify(text) ?? 'nothing')).slice(0, 200);

const TLS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the intermediate certificates',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function unreachable(url: string, error: unknown): ExaminationError {
  const code = String((error as { cause?: { code?: unknown } }).cause?.code ?? 'no connection');
  const { origin, hostname } = new URL(url);
  const tls = TLS[code];
  if (tls)
    return new ExaminationError(
      `${origin} cannot be trusted: ${tls}.`,
      'Install a certificate that browsers accept.',
      true,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new ExaminationError(
      `The name ${hostname} cannot be resolved.`,
      'Check the spelling and the DNS entry of the name.',
      true,
    );
  }
  const fix = 'Start the server, and check the firewall and any proxy in front of it.';
  return new ExaminationError(`No server answers at ${origin} (${code}).`, fix, true);
}
