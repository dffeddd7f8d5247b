import type { TranscriptScope } from './transcript-scope.js';

/** The members of a transcript that come from the log of the server: checkpoints, proofs and keys. */
export async function logMembers(_: TranscriptScope): Promise<Record<string, string>> {
  return {};
}
