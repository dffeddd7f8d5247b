import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsSight, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import type { HostRules, HostTarget } from '../../platform/egress/host-rules.js';
import { WebRefusalError } from '../../platform/egress/refusal.js';
import type { TlsConnections } from '../../platform/egress/tls-connections.js';
import { certificateFault, certificateFingerprint, sentChain } from '../../platform/egress/tls-handshake.js';
import type { WebLimits } from './limits.js';
import { declaredTarget } from './web-address.js';

export type CertificateRequest = Extract<WebRequest, { kind: 'tls' }>;

/**
 * Reads the certificates of a host, valid or not, and says what is wrong with them. It sends nothing after the
 * handshake.
 */
export class CertificateLookup {
  constructor(
    private readonly connections: TlsConnections,
    private readonly clock: Clock,
  ) {}

  async look(
    { host, port }: CertificateRequest,
    rules: HostRules,
    limits: WebLimits,
    signal: AbortSignal,
  ): Promise<TlsSight> {
    const target = declaredTarget(host, port, rules);
    return this.connections.visit(target, limits, signal, async (secure) => this.sightOf(target, secure));
  }

  private sightOf({ host, port }: HostTarget, secure: TLSSocket): TlsSight {
    const chain = sentChain(secure);
    const [leaf] = chain;
    if (!leaf) throw new WebRefusalError('UNREACHABLE', `${host} showed no certificate`);
    const reason = certificateFault(secure);
    return {
      host,
      port,
      observed_at: isoTime(this.clock.now()),
      ...fieldsOf(leaf),
      chain: chain.map(certificateFingerprint),
      pem: chain.map(String),
      validated: reason === undefined,
      ...(reason && { reason }),
      trust_store: this.connections.trust.name,
      tls_version: secure.getProtocol() ?? '',
      cipher: secure.getCipher().standardName,
    };
  }
}

function fieldsOf(leaf: X509Certificate) {
  return {
    subject: oneLine(leaf.subject),
    issuer: oneLine(leaf.issuer),
    san: namesOf(leaf.subjectAltName),
    not_before: isoTime(Date.parse(leaf.validFrom)),
    not_after: isoTime(Date.parse(leaf.validTo)),
    serial: leaf.serialNumber,
    fingerprint_sha256: certificateFingerprint(leaf),
  };
}

/** Node writes each part of a name on its own line and escapes line breaks inside. */
const oneLine = (name = '') => name.split('\n').join(', ');

/** Splits `DNS:a, DNS:b` into a list; a name that contains a comma is quoted as JSON. */
const namesOf = (text = '') => text.match(/(?:[^,"\s]|"(?:[^"\\]|\\.)*")(?:[^,"]|"(?:[^"\\]|\\.)*")*/g) ?? [];
