import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../bot-sdk/canonical-json.js';
import { RunEvidence } from '../bots/execution/run-evidence.service.js';
import { callingAccount, callingAddress } from '../kernel/admission.js';
import { Database } from '../platform/database/database.js';
import { DOCUMENTS, type Document, textOf } from '../platform/docs/documents.js';
import { EventLoopTurns } from '../platform/limits/event-loop-turns.js';
import { BotTexts } from './bot-texts.service.js';
import { listOf, membersOf, objectOf, type Pieces } from './canonical-pieces.js';
import { LogMembers } from './log-members.service.js';
import { OpenEntries } from './open-entries.service.js';
import { type OpenRun, Referenced } from './referenced.js';
import { type TranscriptScope, viewerName } from './transcript-scope.js';

/** The member `readme`. */
const BY_HAND = DOCUMENTS.find(({ name }) => name === 'by-hand') as Document;

/** The amount of text, in characters, after which others get the event loop. */
const TURN = 100_000;

/** Writes transcripts in the format of docs/bundle-format.md. */
@Injectable()
export class Bundles {
  constructor(
    private readonly database: Database,
    private readonly log: LogMembers,
    private readonly entries: OpenEntries,
    private readonly texts: BotTexts,
    private readonly evidence: RunEvidence,
    private readonly turns: EventLoopTurns,
  ) {}

  /** The text of the file. It needs little memory, however long the log is, and accounts take turns. */
  async *text(scope: TranscriptScope): AsyncGenerator<string> {
    const payer = callingAccount() || callingAddress();
    let length = 0;
    for await (const piece of this.pieces(scope)) {
      yield piece;
      length += piece.length;
      if (length < TURN) continue;
      length = 0;
      await this.turns.take(payer);
    }
  }

  private async *pieces(scope: TranscriptScope): Pieces {
    const { channelId } = scope;
    const referenced = new Referenced();
    // In canonical order `entries` comes before the members that contain what it refers to.
    yield* objectOf({
      ...(await this.log.of(scope)),
      channel: canonicalJson(channelId),
      entries: listOf(this.entries.of(scope, referenced)),
      exchanges: listOf(this.exchanges(scope, referenced)),
      format: '"parley-bundle-v1"',
      readme: canonicalJson(textOf(BY_HAND)),
      sources: membersOf(this.texts.sources(referenced)),
      states: membersOf(this.states(scope, referenced)),
      texts: membersOf(this.texts.executed(referenced)),
      viewer: canonicalJson(viewerName(scope)),
    });
  }

  private async *exchanges({ channelId }: TranscriptScope, { runs }: Referenced): Pieces {
    for (const { botId, run } of [...runs].sort(byBotAndRun)) {
      for (const { n, request, answer } of await this.evidence.exchanges(this.database.read, channelId, botId, run)) {
        yield `{"answer":${answer},"bot_id":${canonicalJson(botId)},"n":${n},"request":${request},"run":${run}}`;
      }
    }
  }

  private async *states({ channelId }: TranscriptScope, { states }: Referenced): Pieces {
    const hashes = [...states].sort();
    for await (const { hash, json } of this.evidence.states(this.database.read, channelId, hashes)) {
      yield `"${hash}":${json}`;
    }
  }
}

const byBotAndRun = (a: OpenRun, b: OpenRun) => (a.botId < b.botId ? -1 : a.botId > b.botId ? 1 : a.run - b.run);
