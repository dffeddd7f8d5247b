import type { Effect } from '../../bot-sdk/contract.js';
import type { Bot } from '../bundle/bots.js';
import type { Model } from '../bundle/model.js';
import type { Receipt } from '../bundle/receipt.js';
import type { ClaimDraft } from '../report/claim.js';

/** The timers of one bot while its runs are repeated: a timer fires only if a run has set it, and not too early. */
export class TimerBook {
  private readonly dueAt = new Map<string, number>();
  /** Until when the timers are not known, because a run was not repeated. */
  private isKnown = true;

  /** Before a run that a timer has fired. */
  checkFired(claim: ClaimDraft, { log }: Model, { event_seq, run }: Receipt) {
    const entry = log.open(event_seq);
    if (entry?.opening.kind !== 'timer') return;
    const name = String(entry.opening.body.name);
    const due = this.dueAt.get(name);
    this.dueAt.delete(name);
    if (!this.isKnown) return;
    if (due === undefined) claim.diverged(`the timer of run ${run} was not set`, event_seq);
    else if (Date.parse(entry.ts) < due) claim.diverged(`the timer of run ${run} fires too early`, event_seq);
  }

  /** After a run was repeated: the timers that it sets count from its event, which is before the run. */
  apply(effects: readonly Effect[], now: string) {
    for (const effect of effects) {
      if (effect.type === 'timer_set')
        this.dueAt.set(effect.name, Date.parse(now) + Math.floor(effect.seconds * 1_000));
      if (effect.type === 'timer_clear') this.dueAt.delete(effect.name);
    }
  }

  /** A run was not repeated. */
  lose() {
    this.isKnown = false;
  }

  /** A void clears the timers of a bot. */
  forgetVoided({ rounds }: Bot, { round }: Receipt, previous: Receipt | undefined) {
    if (!previous || previous.round === round) return;
    const isVoid = rounds.some(
      (each) => each.voidedAt !== undefined && each.round >= previous.round && each.round < round,
    );
    if (!isVoid) return;
    this.dueAt.clear();
    this.isKnown = true;
  }
}
