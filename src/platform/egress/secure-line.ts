import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { untilAborted } from './deadline.js';
import { codeOf, WebRefusal } from './refusal.js';
import type { Trust } from './trust.js';

/** Speaks TLS with a host whoever it is. Nothing may be sent over it before `trusted`. */
export async function handshake(socket: Socket, host: string, trust: Trust, signal: AbortSignal): Promise<TLSSocket> {
  const secure = connect({
    socket,
    servername: host,
    secureContext: trust.context,
    ALPNProtocols: ['http/1.1'],
    // Judged afterwards, by doubtOf, which can say why.
    rejectUnauthorized: false,
  });
  const shaken = new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.on('error', reject);
    secure.once('close', () => reject(new WebRefusal('UNREACHABLE', `${host} broke the handshake off`)));
  });
  await untilAborted(signal, shaken, () => secure.destroy());
  return secure;
}

/** The certificate of a connection. Throws a refusal where it does not hold for the host. */
export function trusted(secure: TLSSocket, host: string): X509Certificate {
  const reason = doubtOf(secure);
  const certificate = secure.getPeerX509Certificate();
  if (!reason && certificate) return certificate;
  throw new WebRefusal('UNREACHABLE', `${host} has no valid certificate (${reason})`);
}

/** Why the certificate of a connection does not hold; undefined where it does. */
export function doubtOf(secure: TLSSocket): string | undefined {
  if (secure.authorized) return undefined;
  const error: unknown = secure.authorizationError;
  return REASONS[typeof error === 'string' ? error : codeOf(error)] ?? 'invalid';
}

/** The certificates that the other side sent, in its order, the leaf first. */
export function sentChain(secure: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = secure.getPeerX509Certificate();
  while (next && chain.length < MOST_CERTIFICATES) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** The SHA-256 of a certificate's DER, in hex. */
export const fingerprintOf = (certificate: X509Certificate) =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

const MOST_CERTIFICATES = 10;

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not_yet_valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self_signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'self_signed',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown_issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown_issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown_issuer',
  CERT_UNTRUSTED: 'unknown_issuer',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong_host',
  HOSTNAME_MISMATCH: 'wrong_host',
  CERT_REVOKED: 'revoked',
};
