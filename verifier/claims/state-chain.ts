import { type Bot, roundAt } from '../bundle/bots.js';
import { type Model, receiptsOfBot } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { hmacSha256, namedHash, toHex } from '../encoding/hashes.js';
import type { ClaimDraft } from '../report/claim.js';
import { seedOf } from './seeds.js';

/** Each run begins with the state in which the one before it ended, unless an entry between them says why not. */
export function checkStates(claim: ClaimDraft, model: Model) {
  for (const bot of model.bots.values()) {
    let before: Receipt | undefined;
    for (const receipt of receiptsOfBot(model, bot)) {
      claim.count();
      // What happened in between is not known if a receipt is missing.
      if (receipt.run === (before?.run ?? 0) + 1) checkLink(claim, model, bot, { before, receipt });
      before = receipt;
    }
  }
}

const EMPTY = namedHash('{}');

interface Link {
  readonly before: Receipt | undefined;
  readonly receipt: Receipt;
}

function checkLink(claim: ClaimDraft, model: Model, bot: Bot, { before, receipt }: Link) {
  const { seq, state_before, state_version } = receipt;
  const reset = lastReset(model, bot, before?.seq ?? bot.attachedAt, seq);
  if (reset === undefined || reset.kind === 'restart') {
    const expected = reset ? EMPTY : (before?.state_after ?? EMPTY);
    if (state_before !== expected)
      claim.diverged('the run begins with another state than the one before it has left', seq);
    if (!before && !reset && state_version !== 0) claim.diverged('the first state of the bot has a version', seq);
    return;
  }
  const state = model.bundle.states.get(state_before);
  const round = roundAt(bot, reset.seq);
  const seed = round && seedOf(round);
  if (state === undefined || !seed) {
    claim.unchecked('secrets', 'an admin has set the state, and its commitment cannot be opened', reset.seq);
  } else if (reset.after !== `hmac-sha256:${toHex(hmacSha256(seed, 'parley-state-v1', canonicalJson(state)))}`) {
    claim.diverged('the run begins with another state than an admin has set', seq);
  }
  if (reset.version !== state_version) claim.diverged('the state that an admin has set has another version', seq);
}

interface Reset {
  readonly kind: 'restart' | 'replaced';
  readonly seq: number;
  readonly after?: unknown;
  readonly version?: unknown;
}

/** The last entry between two runs after which the bot has another state. */
function lastReset({ log }: Model, bot: Bot, after: number, before: number): Reset | undefined {
  let last: Reset | undefined;
  for (let seq = after + 1; seq < before; seq += 1) {
    const opening = log.open(seq)?.opening;
    if (opening?.kind !== 'system' || opening.from !== 'system' || opening.body.bot_id !== bot.botId) continue;
    const { type, action, state_version: version } = opening.body;
    const begun = type === 'round:commit' && bot.rounds.find(({ committedAt }) => committedAt === seq);
    if (begun && begun.begins === 'void') last = { kind: 'restart', seq };
    if (type === 'control:debug' && action === 'replace_state') {
      last = { kind: 'replaced', seq, after: opening.body.after, version };
    }
  }
  return last;
}
