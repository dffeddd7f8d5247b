import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { contentHash } from '../../kernel/hash.js';

/** The trusted certificate authorities: Node's own and the operator's, regardless of environment variables. */
export class Trust {
  /** `node@<version>`, with `+<hash>` if the operator added certificates. */
  readonly name: string;
  private made?: SecureContext;

  constructor(private readonly extra: readonly string[]) {
    this.name = `node@${process.versions.node}${extra.length ? `+${hashOf(extra)}` : ''}`;
  }

  /** Created once, and not before it is needed: loading all authorities takes longer than a TLS handshake. */
  get context(): SecureContext {
    this.made ??= createSecureContext({ ca: [...rootCertificates, ...this.extra] });
    return this.made;
  }
}

/** The hash of the certificates (DER) in the order of the file. */
function hashOf(certificates: readonly string[]): string {
  return contentHash(...certificates.map((pem) => new X509Certificate(pem).raw)).slice('sha256:'.length);
}
