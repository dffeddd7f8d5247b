import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsSight, WebRequest } from '../../../bot-sdk/web.js';
import { type Clock, isoTime } from '../../kernel/clock.js';
import type { HostRules, Target } from '../../platform/egress/host-rules.js';
import { WebRefusal } from '../../platform/egress/refusal.js';
import { doubtOf, fingerprintOf, sentChain } from '../../platform/egress/secure-line.js';
import type { Visits } from '../../platform/egress/visits.js';
import type { WebLimits } from './limits.js';
import { declaredTarget } from './web-address.js';

export type LookRequest = Extract<WebRequest, { kind: 'tls' }>;

/** Looks at the certificates that a host shows, valid or not, and says what is wrong with them. Sends nothing else. */
export class TlsLook {
  constructor(
    private readonly visits: Visits,
    private readonly clock: Clock,
  ) {}

  async look({ host, port }: LookRequest, rules: HostRules, limits: WebLimits, signal: AbortSignal): Promise<TlsSight> {
    const target = declaredTarget(host, port, rules);
    return this.visits.visit(target, limits, signal, async (secure) => this.sightOf(target, secure));
  }

  private sightOf({ host, port }: Target, secure: TLSSocket): TlsSight {
    const chain = sentChain(secure);
    const [leaf] = chain;
    if (!leaf) throw new WebRefusal('UNREACHABLE', `${host} showed no certificate`);
    const reason = doubtOf(secure);
    return {
      host,
      port,
      observed_at: isoTime(this.clock.now()),
      ...fieldsOf(leaf),
      chain: chain.map(fingerprintOf),
      pem: chain.map(String),
      validated: reason === undefined,
      ...(reason && { reason }),
      trust_store: this.visits.trust.name,
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
    fingerprint_sha256: fingerprintOf(leaf),
  };
}

/** Node writes each part of a name on a line of its own, and escapes the line breaks inside. */
const oneLine = (name = '') => name.split('\n').join(', ');

/** `DNS:a, DNS:b` as a list; a name that holds a comma is quoted as JSON. */
const namesOf = (text = '') => text.match(/(?:[^,"\s]|"(?:[^"\\]|\\.)*")(?:[^,"]|"(?:[^"\\]|\\.)*")*/g) ?? [];
