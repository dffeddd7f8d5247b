import { Failure } from './failure.js';

const PATIENCE_MS = 30_000;

export interface Ask extends RequestInit {
  /** How long the server may take to answer. */
  readonly patienceMs?: number;
}

/** `fetch` that never follows a redirect, because it would carry a token along, and that fails in our words. */
export async function reach(url: string | URL, { patienceMs = PATIENCE_MS, signal, ...init }: Ask = {}) {
  const patience = AbortSignal.timeout(patienceMs);
  const both = signal ? AbortSignal.any([signal, patience]) : patience;
  const origin = new URL(url).origin;
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: both });
    if (response.status < 300 || response.status > 399) return response;
    throw redirected(origin, response.headers.get('location'));
  } catch (error) {
    if (error instanceof Failure || signal?.aborted) throw error;
    throw unreachable(origin, error);
  }
}

export const unreachable = (origin: string, error: unknown) =>
  new Failure(
    'unreachable',
    'UNREACHABLE',
    `${origin} does not answer (${reasonOf(error)}).`,
    'Check the address, and that the server runs: npm start.',
  );

/** The short name of a failure of the network: ECONNREFUSED, CERT_HAS_EXPIRED, a timeout. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = (error as { cause?: { code?: unknown } } | undefined)?.cause;
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed';
}

function redirected(origin: string, location: string | null) {
  const to = location && URL.canParse(location, origin) ? new URL(location, origin).origin : 'another address';
  return new Failure('unreachable', 'REDIRECTED', `${origin} redirects to ${to}.`, `Name that address instead: ${to}`);
}
