import { type Bot, hooksAt, roundAt } from '../bundle/bots.js';
import { callOf } from '../bundle/calls.js';
import type { OpenEntry } from '../bundle/entry.js';
import { type Model, receiptsOfBot } from '../bundle/model.js';
import type { ClaimDraft } from '../report/claim.js';

/**
 * Bots answer entries in the order of the log: between two entries that a bot has answered, none is left out that fires a
 * hook. Only entries that the file shows can be checked.
 */
export function checkAnswered(claim: ClaimDraft, model: Model) {
  for (const bot of model.bots.values()) {
    const receipts = receiptsOfBot(model, bot);
    const answered = new Set(receipts.map(({ event_seq }) => event_seq));
    for (const entry of model.log.entries) {
      if (!entry.opening || entry.seq < bot.attachedAt || answered.has(entry.seq)) continue;
      const open = entry as OpenEntry;
      const call = callOf(open, bot, model.log.channel);
      // How long bots answer one another depends on causes that the log does not show.
      if (!call || call.hook === 'on_event' || call.hook === 'on_timer') continue;
      if (!hooksAt(bot, entry.seq).includes(call.hook) || !isObliged(model, bot, receipts, entry.seq)) continue;
      claim.diverged(`the bot has not answered the entry (${call.hook})`, entry.seq);
    }
    claim.count(receipts.length);
  }
}

/**
 * Whether a later run of the bot shows that it has passed the entry. A void skips the entries before the bot begins anew;
 * receipts of rounds that are still open are not shown.
 */
function isObliged({ log }: Model, bot: Bot, receipts: ReturnType<typeof receiptsOfBot>, seq: number): boolean {
  const next = receipts.find(({ event_seq }) => event_seq > seq);
  if (!next || roundAt(bot, seq) === undefined) return false;
  const isSkipped = bot.rounds.some(
    ({ begins, committedAt }) => begins === 'void' && committedAt > seq && committedAt <= next.event_seq,
  );
  return !isSkipped && log.entry(seq) !== undefined;
}
