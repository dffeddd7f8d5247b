import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { untilAborted } from './abort-deadline.js';
import { codeOf, WebRefusalError } from './refusal.js';
import type { Trust } from './trust.js';

/** Opens TLS without checking the certificate. The caller must call `trusted` before it sends anything. */
export async function handshake(socket: Socket, host: string, trust: Trust, signal: AbortSignal): Promise<TLSSocket> {
  const secure = connect({
    socket,
    servername: host,
    secureContext: trust.context,
    ALPNProtocols: ['http/1.1'],
    // certificateFault checks the certificate afterwards and can say what is wrong.
    rejectUnauthorized: false,
  });
  const shaken = new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.on('error', reject);
    secure.once('close', () => reject(new WebRefusalError('UNREACHABLE', `${host} broke the handshake off`)));
  });
  await untilAborted(signal, shaken, () => secure.destroy());
  return secure;
}

/** The certificate of a connection. Throws a refusal if it is not valid for the host. */
export function trustedCertificate(secure: TLSSocket, host: string): X509Certificate {
  const reason = certificateFault(secure);
  const certificate = secure.getPeerX509Certificate();
  if (!reason && certificate) return certificate;
  throw new WebRefusalError('UNREACHABLE', `${host} has no valid certificate (${reason})`);
}

/** What is wrong with the certificate of a connection; undefined if it is valid. */
export function certificateFault(secure: TLSSocket): string | undefined {
  if (secure.authorized) return undefined;
  const error: unknown = secure.authorizationError;
  return REASONS[typeof error === 'string' ? error : codeOf(error)] ?? 'invalid';
}

/** The certificates that the server sent, in its order, the leaf first. */
export function sentChain(secure: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = secure.getPeerX509Certificate();
  while (next && chain.length < MAX_CERTIFICATES) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}

/** The SHA-256 of a certificate (DER), in hex. */
export const certificateFingerprint = (certificate: X509Certificate) =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase();

const MAX_CERTIFICATES = 10;

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
