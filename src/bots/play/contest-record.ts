import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { contentHash } from '../../kernel/hash.js';
import { Events } from '../../platform/events.js';
import { ServerRecord } from '../../proofs/server-record.service.js';
import { RoundFinished, RoundTouched } from '../attachments/round-events.js';
import { RoundVoided } from '../attachments/round-voided.js';
import { RoundsInPlay } from './rounds-in-play.service.js';

type OfRound = Pick<RoundVoided, 'channelId' | 'botId' | 'round'>;

/** Records in the log of the server which rounds of contests began, and how they ended, so that nobody voids in silence. */
@Injectable()
export class ContestRecord {
  constructor(
    events: Events,
    private readonly roundsInPlay: RoundsInPlay,
    private readonly record: ServerRecord,
  ) {
    events.on(RoundTouched, (round, tx) => this.add(tx, round, { event: 'begun' }));
    events.on(RoundFinished, (round, tx) => this.add(tx, round, { event: 'finished' }));
    events.on(RoundVoided, (round, tx) => this.add(tx, round, { event: 'voided', cause: round.cause }));
  }

  private async add(tx: EntityManager, { channelId, botId, round }: OfRound, what: Record<string, string>) {
    if (!(await this.roundsInPlay.isContest(tx, channelId))) return;
    // Everyone may read it: members find their channel in it, others cannot name it.
    await this.record.add(tx, 'contest', {
      ch_hash: contentHash(channelId),
      bot_hash: contentHash(channelId, botId),
      round,
      ...what,
    });
  }
}
