import type { Bundle } from '../bundle/bundle.js';
import type { Entry, Opening } from '../bundle/entry.js';
import type { Log } from '../bundle/log.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { namedHash } from '../encoding/hashes.js';
import type { ClaimDraft } from '../report/claim.js';

/** Each opening is the one that its header commits to. */
export function checkOpenings(claim: ClaimDraft, log: Log) {
  for (const entry of log.entries) {
    const { opening } = entry;
    const revealed = log.revealed.get(entry.seq);
    if (opening) claim.count();
    if (opening && !isCommittedBy(entry, opening)) {
      claim.invalid('the opening is not the one that the header commits to', entry.seq);
    } else if (revealed && !isCommittedBy(entry, revealed.opening)) {
      claim.invalid('what the entry reveals was not committed to', revealed.by);
    }
  }
}

/**
 * Each opening is there unless the viewer may not read it or it was erased, and no other is. Who may read what follows
 * from the openings, so they have to be checked before. Returns how many are withheld.
 */
export function checkReaders(claim: ClaimDraft, log: Log, { viewer }: Pick<Bundle, 'viewer'>): number {
  let withheld = 0;
  for (const { seq, opening, isHidden } of log.entries) {
    const revealed = log.revealed.get(seq);
    if (opening) {
      if (!mayRead(opening, viewer, revealed !== undefined)) {
        claim.invalid(`the opening is there, but ${viewer} may not read it`, seq);
      }
    } else if (log.erased.has(seq)) claim.unchecked('erased', `erased by entry ${log.erased.get(seq)}`, seq);
    else if (!isHidden) claim.invalid('the opening of a visible entry is missing', seq);
    else if (revealed) claim.invalid(`the opening is missing, although entry ${revealed.by} reveals it`, seq);
    else withheld += 1;
  }
  if (withheld > 0) {
    const are = withheld === 1 ? 'entry is' : 'entries are';
    claim.unchecked('withheld', `${withheld} hidden ${are} withheld from ${viewer}`);
  }
  return withheld;
}

/** docs/log-format.md: body_commit = SHA-256("parley-body-v1" || salt || JCS(opening)). */
const isCommittedBy = ({ header }: Entry, { salt, content }: Opening): boolean =>
  header.body_commit === namedHash('parley-body-v1', salt, canonicalJson(content));

/** Receipts and timers open for everybody; messages to one reader only for sender and reader, until they are revealed. */
function mayRead({ kind, from, to }: Opening, viewer: string, isRevealed: boolean): boolean {
  if (kind === 'sealed') return isRevealed || from === viewer;
  return kind !== 'private' || from === viewer || to === viewer;
}
