import type { Bundle } from '../bundle/bundle.js';
import type { Checkpoint } from '../notes/checkpoint.js';
import { type Note, signersOf } from '../notes/note.js';
import { type Policy, readPolicy } from '../notes/policy.js';
import { ED25519, readVerifierKey, type VerifierKey } from '../notes/verifier-key.js';
import type { ClaimDraft } from '../report/claim.js';
import { attempt } from './checkpoint.js';

/** Whom the person who verifies trusts. */
export interface Trust {
  readonly keys: readonly VerifierKey[];
  readonly policy?: Policy;
}

const trustedKeys = ({ keys, policy }: Trust): VerifierKey[] => [...keys, ...(policy?.logs ?? [])];

const isAnchored = (trust: Trust): boolean => trustedKeys(trust).length > 0;

/** The keys of the file, whose newest the policy of the file names. */
export function checkKeys(claim: ClaimDraft, { keys, policy: text }: Bundle): VerifierKey[] {
  const read = attempt(claim, 'a key of the bundle', () => keys.map((key) => readVerifierKey(key, [ED25519])));
  const policy = attempt(claim, 'the policy of the bundle', () => readPolicy(text));
  if (!read || !policy) return read ?? [];
  if (new Set(keys).size !== keys.length) claim.invalid('a key of the bundle is there twice');
  // Its comments and white space would be read by nobody.
  if (
    !text
      .split('\n')
      .slice(0, -1)
      .every((line) => /^\S+( \S+)+$/.test(line)) ||
    !text.endsWith('\n')
  ) {
    claim.invalid('the policy of the bundle has lines that are not needed');
  }
  if (policy.logs.length !== 1 || policy.logs[0]?.text !== keys.at(-1)) {
    claim.invalid('the policy of the bundle does not name its newest key');
  }
  return read;
}

/** A note is signed by a key of the file, and by a key that is trusted, if one is given. */
export function checkSignature(
  claim: ClaimDraft,
  what: string,
  { note }: Checkpoint,
  own: readonly VerifierKey[],
  trust: Trust,
): VerifierKey[] {
  const signers = attempt(claim, what, () => signersOf(note, own));
  if (signers?.length === 0) claim.invalid(`${what} is not signed by a key of the bundle`);
  if (isAnchored(trust)) {
    const trusted = attempt(claim, what, () => signersOf(note, trustedKeys(trust)));
    if (trusted?.length === 0) claim.invalid(`${what} is not signed by a key that you trust`);
    claim.count();
    return trusted ?? [];
  }
  return [];
}

/** Without a trusted key the file is only consistent with itself. */
export function checkAnchor(claim: ClaimDraft, trust: Trust) {
  if (isAnchored(trust)) return;
  const text = 'the signature is by a key that only the file itself names: give --key or --policy';
  claim.add({ gravity: 'unanchored', reason: 'no-key', text });
}

/** Enough of the witnesses that the policy demands have cosigned. Returns those that have. */
export function checkWitnesses(claim: ClaimDraft, note: Note, policy: Policy): VerifierKey[] {
  const cosigners = attempt(claim, 'the checkpoint of the server', () => signersOf(note, policy.witnesses)) ?? [];
  if (!policy.isMet(cosigners)) {
    const text = `${cosigners.length} of ${policy.witnesses.length} witnesses have cosigned, which is not the quorum of the policy`;
    claim.add({ gravity: 'unwitnessed', reason: 'no-quorum', text });
  }
  claim.count(cosigners.length);
  return cosigners;
}
