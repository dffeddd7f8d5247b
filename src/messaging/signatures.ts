import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { Slot } from '../channels/slot.entity.js';
import { isSignedBy } from '../kernel/ed25519.js';
import { DomainError } from '../kernel/errors.js';
import type { EntryDraft } from './entry.js';
import { SignedNonce } from './signed-nonce.entity.js';

/** Verifies signatures of members (docs/signatures.md). Only verified signatures are stored. */
@Injectable()
export class Signatures {
  /** Throws unless the message has a signature, if the seat requires one, by the key of the seat, with a new nonce. */
  async check(tx: EntityManager, { channelId, slotId, publicKey, requireSig }: Slot, draft: EntryDraft): Promise<void> {
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

/** The bytes that a member signs. The prefix is used for nothing else (domain separation). */
function signedStatement(ch: string, { from, to, kind, body }: EntryDraft, nonce: string): Uint8Array {
  const statement = { ch, seat: from, nonce, ...(to && { to }), ...(kind === 'sealed' && { sealed: true }), body };
  return Buffer.from(`parley-message-v1${canonicalJson(statement)}`);
}
