import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import type { JsonObject } from '../../bot-sdk/contract.js';
import { type RevealedRounds, Rounds } from '../bots/attachments/rounds.service.js';
import { RunEvidence } from '../bots/execution/run-evidence.service.js';
import type { Entry } from '../messaging/entry.entity.js';
import { LoggedEntries } from '../messaging/logged-entries.service.js';
import { Viewer } from '../messaging/viewer.js';
import { Database } from '../platform/database/database.js';
import type { Referenced } from './referenced.js';
import type { TranscriptScope } from './transcript-scope.js';

/** What decides which hidden entries are open besides the seat of the viewer. */
interface Opened {
  readonly viewer: Viewer;
  /** Sealed entries that were revealed. */
  readonly revealed: ReadonlySet<number>;
  /** Rounds that are over. */
  readonly rounds: RevealedRounds;
}

/**
 * The entries of a transcript, each with its opening if it is open to the viewer (docs/bundle-format.md). A receipt is
 * open if an entry of the transcript reveals the seed of its round; so nothing of a round in play is open to anybody.
 */
@Injectable()
export class OpenEntries {
  constructor(
    private readonly database: Database,
    private readonly logged: LoggedEntries,
    private readonly rounds: Rounds,
    private readonly evidence: RunEvidence,
  ) {}

  /** Each entry in canonical JSON. What the open ones refer to is added to `referenced`. */
  async *of({ channelId, size, seat }: TranscriptScope, referenced: Referenced): AsyncGenerator<string> {
    const db = this.database.read;
    const opened: Opened = {
      viewer: new Viewer({ seat }),
      revealed: await this.logged.revealed(db, channelId, size),
      rounds: await this.rounds.revealedBy(db, channelId, size),
    };
    for await (const page of this.logged.pages(db, channelId, size)) {
      const timers = await this.openTimers(channelId, page, opened);
      for (const entry of page) yield textOf(entry, opened, timers, referenced);
    }
  }

  /** The timers among these entries that fired runs of rounds that are over. */
  private async openTimers(channelId: string, page: readonly Entry[], { rounds }: Opened): Promise<Set<number>> {
    const timers = page.filter(({ kind }) => kind === 'timer').map(({ seq }) => seq);
    const [first, last] = [timers[0], timers.at(-1)];
    if (first === undefined || last === undefined) return new Set();
    const fired = await this.evidence.firedBetween(this.database.read, channelId, first, last);
    const over = new Set(fired.filter((run) => rounds.has(run)).map(({ eventSeq }) => eventSeq));
    return new Set(timers.filter((seq) => over.has(seq)));
  }
}

function textOf(entry: Entry, opened: Opened, timers: ReadonlySet<number>, referenced: Referenced): string {
  const { header, leafHash, salt } = entry;
  const opening = openingOf(entry, opened, timers);
  if (!opening) return `{"header":${header},"leaf":"${leafHash}"}`;
  const body = opening.body as JsonObject;
  if (entry.kind === 'system') referenced.announcement(body);
  if (entry.kind === 'receipt') referenced.receipt(body);
  return `{"header":${header},"leaf":"${leafHash}","opening":${canonicalJson({ ...opening, salt })}}`;
}

function openingOf(entry: Entry, { viewer, revealed, rounds }: Opened, timers: ReadonlySet<number>) {
  const { seq, kind } = entry;
  const isOpen = () => {
    if (viewer.canSee(withReveal(entry, revealed))) return true;
    return kind === 'receipt' ? rounds.has(roundOf(opening)) : timers.has(seq);
  };
  const opening = JSON.parse(entry.opening) as JsonObject;
  return isOpen() ? opening : undefined;
}

/** Whether it is revealed is decided by the entries of the transcript, as everything else. */
const withReveal = ({ seq, causeSeq, hidden, kind, from, to }: Entry, revealed: ReadonlySet<number>) => ({
  ...{ seq, causeSeq, hidden, kind, from, to },
  revealed: revealed.has(seq),
});

function roundOf({ body }: JsonObject) {
  const { bot_id, round } = body as { bot_id: string; round: number };
  return { botId: bot_id, round };
}
