import type { OpenEntry } from '../bundle/entry.js';
import type { Log } from '../bundle/log.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { bytesOf, fromHex } from '../encoding/hashes.js';
import { isSignedBy } from '../notes/ed25519.js';
import type { ClaimDraft } from '../report/claim.js';

interface SeatKey {
  readonly key: string;
  readonly isRequired: boolean;
}

/** The signatures of members are valid under the keys of their seats (docs/signatures.md). */
export function checkMemberSignatures(claim: ClaimDraft, log: Log) {
  const seats = new Map<string, SeatKey>();
  const nonces = new Set<string>();
  let unsigned = 0;
  for (const entry of log.entries) {
    if (!entry.opening) continue;
    const open = entry as OpenEntry;
    follow(seats, open);
    const { kind, from, sig } = open.opening;
    const isOfMember = kind === 'user' || ((kind === 'private' || kind === 'sealed') && !from.startsWith('bot:'));
    if (!isOfMember) {
      if (sig) claim.invalid('an entry that no member posted has a signature', entry.seq);
      continue;
    }
    const seat = seats.get(from);
    if (!sig) {
      if (seat?.isRequired) claim.invalid('the seat requires signatures, and the message has none', entry.seq);
      unsigned += 1;
      continue;
    }
    claim.count();
    if (!seat) claim.invalid('the message is signed, and its seat has no key', entry.seq);
    else if (!isValid(open, log.channel, seat.key)) claim.invalid('the signature of the message is wrong', entry.seq);
    if (nonces.has(`${from} ${sig.nonce}`)) claim.invalid('the nonce of the signature was used before', entry.seq);
    nonces.add(`${from} ${sig.nonce}`);
  }
  if (unsigned > 0)
    claim.note(
      `Only the server says who posted ${unsigned} ${unsigned === 1 ? 'message' : 'messages'} without a signature.`,
    );
}

/** The key of a seat is announced when it is taken, and stays until the seat is free. */
function follow(seats: Map<string, SeatKey>, { opening: { kind, from, body } }: OpenEntry) {
  if (kind !== 'system' || from !== 'system' || typeof body.slot_id !== 'string') return;
  const { type, slot_id, public_key, require_sig } = body;
  if (type === 'member_left' || type === 'member_joined') seats.delete(slot_id);
  if (type === 'member_joined' && typeof public_key === 'string') {
    seats.set(slot_id, { key: public_key, isRequired: require_sig === true });
  }
}

function isValid({ opening: { kind, from, to, sig, body } }: OpenEntry, ch: string, publicKey: string): boolean {
  const key = fromHex(publicKey, 32);
  const value = sig && fromHex(sig.value, 64);
  if (!key || !value) return false;
  const recipient = { ...(to !== undefined && { to }), ...(kind === 'sealed' && { sealed: true }) };
  const statement = { ch, seat: from, nonce: sig.nonce, ...recipient, body };
  return isSignedBy(key, bytesOf(`parley-message-v1${canonicalJson(statement)}`), value);
}
