import { Injectable } from '@nestjs/common';
import type { Caller } from '../../kernel/caller.js';
import { Rounds } from '../attachments/rounds.service.js';
import { BotLogs } from '../execution/bot-logs.service.js';
import { RoundsInPlay } from '../play/rounds-in-play.service.js';
import { opOf, type TailLogs } from './debug-payloads.js';
import { DebugRecords } from './debug-records.js';
import { DebugSessions, type DebugTarget } from './debug-sessions.js';

/** The maximum size of the logs that are shared in one entry. */
const MAX_SHARED_BYTES = 49_152;
const DEFAULT_RUNS = 20;

/** Shows admins of a channel what a bot printed (tail_logs). */
@Injectable()
export class LogDebugging {
  constructor(
    private readonly sessions: DebugSessions,
    private readonly records: DebugRecords,
    private readonly logs: BotLogs,
    private readonly rounds: Rounds,
    private readonly roundsInPlay: RoundsInPlay,
  ) {}

  tail(target: DebugTarget, { runs = DEFAULT_RUNS, share = false }: TailLogs, caller: Caller) {
    return this.sessions.look(target, caller, async (session) => {
      const { tx, attachment } = session;
      // The logs of a bot can contain what is hidden until its round is over, so logs of a round in play are withheld.
      const closedFrom = await this.roundsInPlay.closedFrom(tx, attachment, caller.accountId);
      // An admin who reads logs of the open round knows more about it than other members.
      if (closedFrom === undefined) {
        await this.rounds.peek(tx, attachment, attachment.round, caller.accountId, opOf('tail_logs'));
      }
      const rows = await this.logs.tail(tx, attachment, runs, closedFrom);
      const logs = rows.map(({ run, lines }) => ({ run, lines }));
      return {
        ...(await this.records.record(session, 'tail_logs', share ? { logs: newestOf(logs) } : {})),
        logs,
        ...(closedFrom !== undefined && { closed_from_run: closedFrom }),
      };
    });
  }
}

/** The newest whole runs that fit into an entry. */
function newestOf(logs: { run: number; lines: string[] }[]) {
  let bytes = 0;
  const tooMuch = logs.findLastIndex((log) => {
    bytes += Buffer.byteLength(JSON.stringify(log));
    return bytes > MAX_SHARED_BYTES;
  });
  return logs.slice(tooMuch + 1);
}
