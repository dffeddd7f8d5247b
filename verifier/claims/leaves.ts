import type { Log } from '../bundle/log.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { toHex } from '../encoding/hashes.js';
import { leafHash } from '../notes/tree.js';
import type { ClaimDraft } from '../report/claim.js';

/** The leaf hash of each entry follows from its header. Returns the hashes. */
export function checkLeaves(claim: ClaimDraft, log: Log): Uint8Array[] {
  return log.entries.map(({ seq, header, leaf }) => {
    const hash = leafHash(canonicalJson(header));
    if (leaf !== undefined && leaf !== `sha256:${toHex(hash)}`) {
      claim.invalid('the header is not the one that was hashed', seq);
    }
    claim.count();
    return hash;
  });
}
