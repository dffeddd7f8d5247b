import type { Log } from '../bundle/log.js';
import type { ClaimDraft } from '../report/claim.js';

/** The times of the entries never go back. */
export function checkTimes(claim: ClaimDraft, log: Log) {
  let last = '';
  for (const { seq, ts } of log.entries) {
    if (ts < last) claim.diverged('the time of the entry is before that of the entry before it', seq);
    if (ts > last) last = ts;
    claim.count();
  }
}
