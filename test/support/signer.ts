import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';

/** Somebody with an Ed25519 key. Written after docs/signatures.md, not after the server. */
export class Signer {
  readonly publicKey: string;
  private readonly secret: KeyObject;

  constructor(seed = randomBytes(32)) {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    this.secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.secret).export({ format: 'der', type: 'spki' });
    this.publicKey = spki.subarray(-32).toString('hex');
  }

  /** What goes with a message: `sig` and `nonce`. */
  signed(statement: { ch: string; seat: string; body: object; to?: string; sealed?: true }, nonce = newNonce()) {
    const text = `parley-message-v1${canonicalJson({ ...statement, nonce })}`;
    return { nonce, sig: sign(null, Buffer.from(text), this.secret).toString('hex') };
  }
}

const newNonce = () => randomBytes(16).toString('hex');
