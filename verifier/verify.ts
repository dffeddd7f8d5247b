import type { Bundle } from './bundle/bundle.js';
import type { Executed } from './bundle/executed.js';
import { type Model, modelOf, receiptsOfBot } from './bundle/model.js';
import { readBundleFile } from './bundle/read-file.js';
import { ShapeError } from './bundle/shape.js';
import { checkAnswered } from './claims/answered.js';
import { checkKept, checkRoot } from './claims/checkpoint.js';
import { checkCode, checkNeeded, checkTexts, type KnownTexts, type TextTrust } from './claims/code.js';
import { checkLeaves } from './claims/leaves.js';
import { checkMemberSignatures } from './claims/member-signatures.js';
import { checkOpenings, checkReaders } from './claims/openings.js';
import { checkReceipts } from './claims/receipts.js';
import { checkRevealVerdicts } from './claims/reveal-verdicts.js';
import { checkSeeds } from './claims/seeds.js';
import { checkServerLog } from './claims/server-log.js';
import { checkAnchor, checkKeys, checkSignature, checkWitnesses, type Trust } from './claims/signatures.js';
import { checkStates } from './claims/state-chain.js';
import { checkTimes } from './claims/times.js';
import { toHex } from './encoding/hashes.js';
import { FormatError } from './encoding/json.js';
import { readPolicy } from './notes/policy.js';
import { ED25519, readVerifierKey } from './notes/verifier-key.js';
import { EmbeddedExecutor } from './replay/embedded.js';
import type { Executor } from './replay/executor.js';
import { replay } from './replay/replay.js';
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
  /** Hashes of kits, packages and root file systems that are trusted, besides those that a release published. */
  readonly trustedRuntimes?: readonly string[];
  /** Runs are not repeated. */
  readonly skipsReplay?: boolean;
}

/** What the platform offers for repeating runs. */
export interface VerifyMeans extends Pick<TextTrust, 'packagesOf'> {
  readonly embedded: Executor;
  /** Executes bots that ran in a container. */
  readonly containers?: Executor;
  readonly progress?: (done: number, all: number) => void;
}

/**
 * Verifies a bundle offline. It never throws because of the file: whatever is wrong with it is in the report. Throws a
 * FormatError or a RangeError for options that are malformed.
 */
export async function verify(
  file: Uint8Array,
  options: VerifyOptions = {},
  means: VerifyMeans = { embedded: new EmbeddedExecutor() },
): Promise<Report> {
  const claims = new Claims(options.accept);
  const trust = trustOf(options);
  const bundle = await readInto(claims, file);
  if (bundle) {
    const model = modelOf(bundle);
    checkLog(claims, model, trust, options);
    await checkBots(claims, model, options, means);
  }
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

function checkLog(claims: Claims, { bundle, log }: Model, trust: Trust, { checkpoint: kept }: VerifyOptions) {
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
  const openings = claims.begin('openings', 'Each opening is what its header commits to');
  checkOpenings(openings, log);
  if (!claims.isInvalid) facts.withheld = checkReaders(openings, log, bundle);
  checkTimes(claims.begin('times', 'Times never go back'), log);
  checkMemberSignatures(claims.begin('members', 'Signatures of members are valid'), log);
}

async function checkBots(claims: Claims, model: Model, options: VerifyOptions, means: VerifyMeans) {
  // What the entries of a changed log say is not worth a look; whatever follows from them would only be noise.
  if (claims.isInvalid) {
    claims.begin('bots', 'The bots did what is recorded').unchecked('file-invalid', 'the log does not hold');
    return;
  }
  checkCode(claims.begin('code', 'Sources and manifests are those that were announced'), model);
  const hashes = new Set(options.trustedRuntimes);
  const textsClaim = claims.begin('texts', 'What was executed follows from the sources and published texts');
  const texts = checkTexts(textsClaim, model, { hashes, packagesOf: means.packagesOf });
  checkNeeded(textsClaim, model, texts);
  checkSeeds(claims.begin('seeds', 'Seeds were committed to before, and revealed after their round'), model);
  checkReceipts(claims.begin('receipts', 'Rounds that are over have a receipt of every run'), model);
  checkStates(claims.begin('states', 'Each run begins with the state that the one before it has left'), model);
  checkAnswered(claims.begin('answered', 'Bots have left out no entry, as far as the file shows'), model);
  checkRevealVerdicts(claims.begin('reveals', 'Reveals that are marked as verified match a commitment'), model);
  const replayed = await checkRuns(claims, { model, texts, options, means });
  claims.facts.bots = [...model.bots.values()].map((bot) => ({
    ...{ bot_id: bot.botId, name: bot.name, code_hash: bot.codeHash },
    ...{ runs: receiptsOfBot(model, bot).length, replayed: replayed.get(bot.botId) ?? 0 },
  }));
}

interface Runs {
  readonly model: Model;
  readonly texts: KnownTexts;
  readonly options: VerifyOptions;
  readonly means: VerifyMeans;
}

async function checkRuns(claims: Claims, { model, texts, options, means }: Runs): Promise<Map<string, number>> {
  // Nothing is executed of a file that does not hold.
  const isWorthless = claims.isInvalid;
  const own = {
    replay: claims.begin('replay', 'Every run, repeated, gives what is recorded'),
    chance: claims.begin('chance', 'Players have given entropy before the bots drew'),
  };
  const { length } = model.receipts;
  if (isWorthless) own.replay.unchecked('file-invalid', 'no run is repeated, because the file does not hold');
  else if (options.skipsReplay && length > 0)
    own.replay.unchecked('no-replay', `${length} runs are not repeated, as you asked`);
  else {
    const executorOf = ({ engine }: Executed) =>
      engine.startsWith('quickjs@') ? means.embedded : (means.containers ?? NOWHERE);
    const counts = await replay(own, model, { texts, executorOf, progress: means.progress });
    if (length > 0) own.chance.note(NO_BEACON);
    return counts;
  }
  return new Map();
}

const NO_BEACON =
  'Without a beacon nobody can check that the server did not choose a seed together with whoever gave entropy last.';

/** Where there are no containers. */
const NOWHERE: Executor = {
  lacks: async ({ engine }) => ({ reason: 'no-containers', text: `it ran on ${engine}, and there is no Docker here` }),
  run: () => Promise.reject(new Error('there are no containers')),
};

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
