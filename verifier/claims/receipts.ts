import { type Bot, type Round, roundAt, runtimeAt } from '../bundle/bots.js';
import { stateHash } from '../bundle/bundle.js';
import type { OpenEntry } from '../bundle/entry.js';
import { type Model, receiptsOfBot } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import { canonicalJson } from '../encoding/canonical-json.js';
import { namedHash } from '../encoding/hashes.js';
import type { ClaimDraft } from '../report/claim.js';

/** The runs of a round that is over all have their receipts, with everything that is needed to repeat them. */
export function checkReceipts(claim: ClaimDraft, model: Model) {
  const { bots, receipts, malformedReceipts, log } = model;
  for (const { message, entry } of malformedReceipts) claim.invalid(message, entry);
  for (const receipt of receipts) {
    claim.count();
    const bot = bots.get(receipt.bot_id);
    if (bot) checkReceipt(claim, model, bot, receipt);
    else claim.invalid('the receipt is of a bot that the channel does not have', receipt.seq);
  }
  for (const bot of bots.values()) {
    checkRuns(claim, model, bot, receiptsOfBot(model, bot));
    checkTimers(claim, model, bot);
  }
  for (const [hash, state] of model.bundle.states) {
    if (stateHash(state) === hash) continue;
    claim.invalid(`the state ${hash} is another one`, receipts.find(({ state_before }) => state_before === hash)?.seq);
  }
  for (const { seq, opening } of log.entries) {
    if (opening?.kind === 'timer' && opening.from !== 'system') claim.invalid('a timer is not of the server', seq);
  }
}

function checkReceipt(claim: ClaimDraft, { bundle, log }: Model, bot: Bot, receipt: Receipt) {
  const { seq, event_seq, bundle_hash, runtime, outputs } = receipt;
  const round = roundAt(bot, seq);
  if (round?.round !== receipt.round) claim.invalid('the receipt names another round', seq);
  if (event_seq < 1 || event_seq >= seq) claim.invalid('the receipt names no entry before it', seq);
  const announced = runtimeAt(bot, seq);
  if (announced?.bundleHash !== bundle_hash || announced.runtime !== runtime) {
    claim.invalid('the run executed something else than was announced', seq);
  }
  if (!bundle.states.has(receipt.state_before) && !bot.hasSecrets)
    claim.invalid('the state before the run is missing', seq);
  if (outputs.some((output, i) => output <= (outputs[i - 1] ?? event_seq) || output >= seq)) {
    claim.invalid('the outputs of the receipt are not between its event and itself', seq);
  }
  const event = log.entry(event_seq);
  // Only a timer's opening has to be there: private messages stay closed.
  if (event && !event.isHidden && !event.opening)
    claim.unchecked('erased', 'the entry that fired the run was erased', event_seq);
  checkExchanges(claim, bundle.exchanges, receipt);
}

/** The receipt holds the hash of each recorded request and answer. */
function checkExchanges(claim: ClaimDraft, exchanges: Model['bundle']['exchanges'], receipt: Receipt) {
  const { seq, bot_id, run, outcome } = receipt;
  const recorded = receipt.fetches.filter(({ tunnel }) => tunnel === undefined);
  const its = exchanges.filter((exchange) => exchange.bot_id === bot_id && exchange.run === run);
  // The answers of a run whose effects were refused are not kept.
  if (its.length === 0 && outcome === 'killed') return;
  if (its.length !== recorded.length)
    claim.invalid('a recorded answer of the run is missing, or there are too many', seq);
  for (const [i, { n, request, answer }] of its.entries()) {
    const { request_hash, response_hash } = recorded[n] ?? {};
    const hashes = [namedHash(canonicalJson(request)), namedHash(canonicalJson(answer))];
    if (n !== i || request_hash !== hashes[0] || response_hash !== hashes[1]) {
      claim.invalid('a recorded answer of the run is another one', seq);
    }
  }
}

/** Runs are numbered without gaps, and whatever a bot has posted in a round that is over is of a run with an open receipt. */
function checkRuns(claim: ClaimDraft, { log }: Model, bot: Bot, receipts: readonly Receipt[]) {
  for (const [i, { run, seq, event_seq }] of receipts.entries()) {
    const before = receipts[i - 1];
    if (before && run <= before.run) claim.invalid('the runs of the bot are not numbered in order', seq);
    if (before && event_seq <= before.event_seq)
      claim.diverged('the run answers an earlier entry than the run before it', seq);
    if (run > (before?.run ?? 0) + 1) {
      claim.invalid(
        `the receipt of run ${run - 1} is missing`,
        log.firstClosed(before?.seq ?? bot.attachedAt, seq) ?? seq,
      );
    }
  }
  const open = new Set(receipts.map(({ run }) => run));
  for (const entry of log.entries) {
    const run = entry.opening && runOf(entry as OpenEntry, bot);
    if (run === undefined || open.has(run) || !isOver(roundAt(bot, entry.seq))) continue;
    claim.invalid(`the receipt of run ${run} is missing`, log.firstClosed(entry.seq) ?? entry.seq);
  }
  for (const { endedAt, round } of bot.rounds) {
    if (endedAt === undefined) continue;
    const last = receipts.findLast(({ seq }) => seq < endedAt);
    if (!last || last.round !== round || !isDirectlyBefore(log, last.seq, endedAt)) {
      claim.invalid('the receipt of the run that ended the round is missing', endedAt - 1);
    }
  }
}

const isOver = (round: Round | undefined) => round?.revealedAt !== undefined;

/** The run of a bot that has written an entry. */
function runOf({ opening: { kind, from, run, body } }: OpenEntry, { botId }: Bot): number | undefined {
  if (kind === 'receipt' || run === undefined) return undefined;
  if (from === `bot:${botId}`) return run;
  if (from !== 'system' || kind !== 'system' || body.bot_id !== botId) return undefined;
  // Announced while the hook waits; the run comes later, or never.
  return body.type === 'bot:error' && WAITING.includes(String(body.code)) ? undefined : run;
}
const WAITING = ['SANDBOX_UNAVAILABLE', 'QUEUE_FULL', 'SECRETS_UNAVAILABLE'];

/** Between a receipt and the end of its round is at most the news that the bot is late. */
function isDirectlyBefore(log: Model['log'], receipt: number, end: number): boolean {
  for (let seq = receipt + 1; seq < end; seq += 1) {
    if (log.open(seq)?.opening.body.type !== 'bot:late') return false;
  }
  return true;
}

/** The timer that fired a run is open with its receipt, and no other timer is. */
function checkTimers(claim: ClaimDraft, model: Model, bot: Bot) {
  const receipts = receiptsOfBot(model, bot);
  const fired = new Map(
    receipts.filter(({ hook }) => hook === 'on_timer').map(({ event_seq, seq }) => [event_seq, seq]),
  );
  for (const [event] of fired) {
    const entry = model.log.entry(event);
    if (entry?.isHidden && !entry.opening) claim.invalid('the opening of the timer that fired a run is missing', event);
  }
  for (const { seq, opening } of model.log.entries) {
    if (opening?.kind !== 'timer' || opening.to !== bot.botId || fired.has(seq)) continue;
    claim.invalid('the receipt of the run that the timer fired is missing', model.log.firstClosed(seq) ?? seq);
  }
}
