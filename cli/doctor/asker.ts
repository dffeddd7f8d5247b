import { visible } from '../terminal/visible.js';
import { Wrong } from './examination.js';

const LONGEST_ANSWER = 1_000_000;

export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly ms: number;
}

/** Asks as a connector asks: no redirect is followed, and what takes longer than the limit is given up. */
export class Asker {
  constructor(
    private readonly limitMs: number,
    private readonly signal: AbortSignal,
  ) {}

  async ask(url: string, init: RequestInit = {}): Promise<Answer> {
    const began = performance.now();
    const late = AbortSignal.timeout(this.limitMs);
    try {
      const signal = AbortSignal.any([late, this.signal]);
      const response = await fetch(url, { ...init, redirect: 'manual', signal });
      const text = (await response.text()).slice(0, LONGEST_ANSWER);
      return { url, status: response.status, headers: response.headers, text, ms: performance.now() - began };
    } catch (error) {
      if (this.signal.aborted) throw error;
      throw late.aborted ? this.tooLate(url) : notReached(url, error);
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

  private tooLate(url: string) {
    const seconds = this.limitMs / 1_000;
    return new Wrong(
      `${shown(url)} does not answer within ${seconds} s, and Claude gives up after ten.`,
      'Find out what the server waits for: it has to answer in well under a second.',
    );
  }
}

/** The JSON object of an answer. */
export function objectIn({ url, headers, text }: Answer): Record<string, unknown> {
  const type = headers.get('content-type') ?? '';
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  const what = /html/i.test(type) || /^\s*</.test(text) ? 'a web page' : 'something else';
  throw new Wrong(
    `${shown(url)} answers with ${what} instead of JSON.`,
    'Something in front of the server answers for it: let it hand this path through.',
  );
}

/** An answer with a redirect: connectors do not follow any here. */
export function mustNotRedirect({ url, status, headers }: Answer) {
  if (status < 300 || status > 399) return;
  const to = headers.get('location') ?? '';
  throw new Wrong(
    `${shown(url)} redirects to ${shown(to)}, and connectors lose the token on the way or refuse to go.`,
    'Give people the address at the end of the redirect, and set PUBLIC_URL to its origin.',
  );
}

/** Somebody else's word, short enough for a sentence. */
export const shown = (text: unknown) =>
  visible(typeof text === 'string' ? text : (JSON.stringify(text) ?? 'nothing')).slice(0, 200);

const TLS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signed its certificate itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that nobody knows',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'it does not send the certificates between its own and the authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function notReached(url: string, error: unknown): Wrong {
  const code = String((error as { cause?: { code?: unknown } }).cause?.code ?? 'no connection');
  const { origin, hostname } = new URL(url);
  const tls = TLS[code];
  if (tls)
    return new Wrong(`${origin} cannot be trusted: ${tls}.`, 'Install a certificate that browsers accept.', true);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Wrong(`The name ${hostname} leads nowhere.`, 'Check the spelling, and the DNS entry of the name.', true);
  }
  const fix = 'Start the server, and let the firewall and whatever stands in front of it through.';
  return new Wrong(`Nobody answers at ${origin} (${code}).`, fix, true);
}
