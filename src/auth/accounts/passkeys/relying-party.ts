import { isLoopback } from '../../../platform/config.js';

/** This server towards authenticators. */
export interface RelyingParty {
  readonly origin: string;
  /** The host: a passkey works there and nowhere else. */
  readonly id: string;
}

/** Undefined where the server is addressed by a number: a passkey belongs to a name. */
export function relyingPartyAt(origin: string): RelyingParty | undefined {
  const { hostname } = new URL(origin);
  const isNumber = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return isNumber ? undefined : { origin, id: hostname };
}

/** The same server under a name, where an address of this machine has one. */
export function namedOrigin(origin: string): string {
  const url = new URL(origin);
  if (isLoopback(url)) url.hostname = 'localhost';
  return url.origin;
}
