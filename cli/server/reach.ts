import { CliError } from './cli-error.js';

const TIMEOUT_MS = 30_000;

export interface Ask extends RequestInit {
  /** The timeout in milliseconds. */
  readonly timeoutMs?: number;
}

/** `fetch` without redirects, which would pass the token on, and with our own errors. */
export async function reach(url: string | URL, { timeoutMs = TIMEOUT_MS, signal, ...init }: Ask = {}) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const origin = new URL(url).origin;
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: both });
    if (response.status < 300 || response.status > 399) return response;
    throw redirected(origin, response.headers.get('location'));
  } catch (error) {
    if (error instanceof CliError || signal?.aborted) throw error;
    throw unreachable(origin, error);
  }
}

export const unreachable = (origin: string, error: unknown) =>
  new CliError(
    'unreachable',
    'UNREACHABLE',
    `${origin} does not answer (${reasonOf(error)}).`,
    'Check the address, and check that the server is running (npm start).',
  );

/** The code of a network error: ECONNREFUSED, CERT_HAS_EXPIRED, a timeout. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause;
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed';
}

function redirected(origin: string, location: string | null) {
  const to = location && URL.canParse(location, origin) ? new URL(location, origin).origin : 'another address';
  return new CliError('unreachable', 'REDIRECTED', `${origin} redirects to ${to}.`, `Use that address instead: ${to}`);
}
