import type { Bundle } from './bundle/bundle.js';
import { Log } from './bundle/log.js';
import { readBundleFile } from './bundle/read-file.js';
import { ShapeError } from './bundle/shape.js';
import { checkKept, checkRoot } from './claims/checkpoint.js';
import { checkLeaves } from './claims/leaves.js';
import { checkMemberSignatures } from './claims/member-signatures.js';
import { checkOpenings } from './claims/openings.js';
import { checkServerLog } from './claims/server-log.js';
import { checkAnchor, checkKeys, checkSignature, checkWitnesses, type Trust } from './claims/signatures.js';
import { checkTimes } from './claims/times.js';
import { toHex } from './encoding/hashes.js';
import { FormatError } from './encoding/json.js';
import { readPolicy } from './notes/policy.js';
import { ED25519, readVerifierKey } from './notes/verifier-key.js';
import { Claims, type Report } from './report/report.js';

/** How a bundle is verified. */
export interface VerifyOptions {
  /** Verifier keys (C2SP vkey) of the server, which the person who verifies knows from elsewhere. */
  readonly keys?: readonly string[];
  /** The text of a C2SP policy. */
  readonly policy?: string;
  /** A checkpoint that somebody kept: the bundle must continue it. */
  readonly checkpoint?: string;
  /** Reasons for which something may remain unchecked. */
  readonly accept?: readonly string[];
}

/**
 * Verifies a bundle offline. It never throws because of the file: whatever is wrong with it is in the report. Throws a
 * FormatError or a RangeError for options that are malformed.
 */
export async function verify(file: Uint8Array, options: VerifyOptions = {}): Promise<Report> {
  const claims = new Claims(options.accept);
  const trust = trustOf(options);
  const bundle = await readInto(claims, file);
  if (bundle) checkLog(claims, bundle, trust, options);
  return claims.report();
}

async function readInto(claims: Claims, file: Uint8Array): Promise<Bundle | undefined> {
  const claim = claims.begin('structure', 'The file is a bundle');
  try {
    const bundle = await readBundleFile(file);
    claim.count(bundle.entries.length);
    return bundle;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    claim.invalid(error.message, error instanceof ShapeError ? error.entry : undefined);
    return undefined;
  }
}

function checkLog(claims: Claims, bundle: Bundle, trust: Trust, { checkpoint: kept }: VerifyOptions) {
  const log = new Log(bundle);
  const { facts } = claims;
  Object.assign(facts, { channel: bundle.channel, origin: bundle.origin, viewer: bundle.viewer });
  facts.entries = bundle.entries.length;
  const leaves = checkLeaves(claims.begin('leaves', 'Each header has its leaf hash'), log);
  const checkpoint = checkRoot(claims.begin('root', 'The checkpoint is over exactly these entries'), bundle, leaves);
  const signature = claims.begin('signature', 'The checkpoint is signed by the server');
  const own = checkKeys(signature, bundle);
  checkAnchor(signature, trust);
  if (checkpoint) {
    facts.checkpoint = { size: checkpoint.size, root: toHex(checkpoint.root) };
    facts.signed_by = checkSignature(signature, 'the checkpoint', checkpoint, own, trust).map(({ text }) => text);
    checkServer(claims, bundle, checkpoint, own, trust);
  }
  if (kept !== undefined) {
    const claim = claims.begin('kept', 'The log continues the checkpoint that you kept');
    const read = checkKept(claim, kept, bundle, leaves);
    if (read) checkSignature(claim, 'the kept checkpoint', read, own, trust);
  }
  facts.withheld = checkOpenings(claims.begin('openings', 'Each opening is what its header commits to'), log, bundle);
  checkTimes(claims.begin('times', 'Times never go back'), log);
  checkMemberSignatures(claims.begin('members', 'Signatures of members are valid'), log);
}

function checkServer(
  claims: Claims,
  bundle: Bundle,
  checkpoint: NonNullable<ReturnType<typeof checkRoot>>,
  own: ReturnType<typeof checkKeys>,
  trust: Trust,
) {
  const claim = claims.begin('server-log', 'The checkpoint is in the log of the server');
  const server = checkServerLog(claim, bundle, checkpoint);
  if (server) checkSignature(claim, 'the checkpoint of the server', server, own, trust);
  if (!server || !trust.policy?.needsWitnesses) return;
  const witnesses = claims.begin('witnesses', 'The witnesses of your policy have cosigned');
  claims.facts.cosigned_by = checkWitnesses(witnesses, server.note, trust.policy).map(({ name }) => name);
}

function trustOf({ keys = [], policy }: VerifyOptions): Trust {
  return {
    keys: keys.map((key) => readVerifierKey(key, [ED25519])),
    ...(policy !== undefined && { policy: readPolicy(policy) }),
  };
}
