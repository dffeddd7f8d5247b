import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { sha256 } from '../../kernel/hash.js';

/** The certificate authorities that are believed: Node's own and the operator's, whatever the environment says. */
export class Trust {
  /** Says which ones: `node@<version>`, with `+<hash>` where the operator added some. */
  readonly name: string;
  /** Made once: reading all authorities takes longer than a handshake. */
  readonly context: SecureContext;

  constructor(extra: readonly string[]) {
    this.name = `node@${process.versions.node}${extra.length ? `+${hashOf(extra)}` : ''}`;
    this.context = createSecureContext({ ca: [...rootCertificates, ...extra] });
  }
}

/** Over the certificates in DER, in the order of the file. */
function hashOf(certificates: readonly string[]): string {
  return sha256(...certificates.map((pem) => new X509Certificate(pem).raw)).slice('sha256:'.length);
}
