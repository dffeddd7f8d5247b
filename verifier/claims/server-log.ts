import type { Bundle } from '../bundle/bundle.js';
import { toBase64 } from '../encoding/base64.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { areEqual } from '../encoding/hashes.js';
import { type Checkpoint, readCheckpoint } from '../notes/checkpoint.js';
import { provenRoot, readProof } from '../notes/proof.js';
import { leafHash } from '../notes/tree.js';
import type { ClaimDraft } from '../report/claim.js';
import { attempt } from './checkpoint.js';

/** The checkpoint of the channel is a leaf of the server-wide log. Returns the checkpoint of that log. */
export function checkServerLog(claim: ClaimDraft, bundle: Bundle, checkpoint: Checkpoint): Checkpoint | undefined {
  const server = attempt(claim, 'the checkpoint of the server', () => readCheckpoint(bundle.serverCheckpoint));
  const proof = attempt(claim, 'the proof of the checkpoint', () => readProof(bundle.checkpointProof));
  if (!server || !proof) return server;
  if (server.origin !== bundle.origin) claim.invalid('the checkpoint of the server is of another log');
  if (proof.checkpointText !== bundle.serverCheckpoint) {
    claim.invalid('the proof of the checkpoint has another checkpoint of the server');
  }
  const { size, root } = checkpoint;
  const leaf = canonicalJson({ ch: bundle.channel, root: toBase64(root), size, type: 'channel', v: 1 });
  const proven = provenRoot(proof, leafHash(leaf));
  if (!proven || !areEqual(proven, server.root)) claim.invalid('the checkpoint is not in the log of the server');
  claim.count();
  return server;
}
