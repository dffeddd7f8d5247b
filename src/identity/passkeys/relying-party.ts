import { isLoopback } from '../../platform/config/config.js';

/** This server as a WebAuthn relying party. */
export interface RelyingParty {
  readonly origin: string;
  /** The host name; a passkey works only for this host. */
  readonly id: string;
}

/** The relying party, or undefined if the origin has an IP address: a passkey needs a host name. */
export function relyingPartyAt(origin: string): RelyingParty | undefined {
  const { hostname } = new URL(origin);
  const isNumber = /^[\d.]+$/.test(hostname) || hostname.startsWith('[');
  return isNumber ? undefined : { origin, id: hostname };
}

/** Replaces an IP address of this machine in the origin by `localhost`. */
export function namedOrigin(origin: string): string {
  const url = new URL(origin);
  if (isLoopback(url)) url.hostname = 'localhost';
  return url.origin;
}
