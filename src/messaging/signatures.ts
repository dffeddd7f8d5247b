import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { Slot } from '../channels/slot.entity.js';
import { isSignedBy } from '../kernel/ed25519.js';
import { DomainError } from '../kernel/errors.js';
import type { Draft } from './entry.js';
import { SignedNonce } from './signed-nonce.entity.js';

/** Members signing what they say (docs/signatures.md). What is stored with a signature was checked against the seat's key. */
@Injectable()
export class Signatures {
  /** Throws unless the seat may say this so: signed where it has to be, by its own key, and never the same twice. */
  async check(tx: EntityManager, { channelId, slotId, publicKey, requireSig }: Slot, draft: Draft): Promise<void> {
    const { sig } = draft;
    if (!sig) {
      if (requireSig) throw new DomainError('SIGNATURE_REQUIRED');
      return;
    }
    if (!publicKey) throw new DomainError('SIGNATURE_INVALID', 'this seat has no key');
    if (!isSignedBy(publicKey, signedStatement(channelId, draft, sig.nonce), sig.value)) {
      throw new DomainError('SIGNATURE_INVALID');
    }
    const used = { channelId, slotId, nonce: sig.nonce };
    if (await tx.existsBy(SignedNonce, used)) throw new DomainError('SIGNATURE_REPLAYED');
    await tx.insert(SignedNonce, used);
  }
}

/** What a member signs. Nothing else on this server is signed behind the same words. */
function signedStatement(ch: string, { from, to, kind, body }: Draft, nonce: string): Uint8Array {
  const statement = { ch, seat: from, nonce, ...(to && { to }), ...(kind === 'sealed' && { sealed: true }), body };
  return Buffer.from(`parley-message-v1${canonicalJson(statement)}`);
}
