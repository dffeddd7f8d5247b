import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';

/** What to do about a failed transaction. */
export type PostgresFailure = 'conflict' | 'lost' | 'other';

/** Serialization failures and deadlocks (class 40), and rows that a concurrent write has added or removed (23). */
const CONFLICT = /^(40|23)/;
/** The connection is lost, or the server stops, starts or has no connection left: classes 08, 57P and 53300. */
const LOST = /^(08\w{3}|57P0[1-5]|53300|25P03|E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_|NOTFOUND)\w*|ENOENT)$/;
/** Errors that `pg` reports without a code. */
const LOST_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|timeout expired|Client has encountered a connection error|Client was closed|.*not queryable)/;

/**
 * Why a transaction failed. `conflict`: another write was in its way, so the same work may succeed now. `lost`: the
 * connection was lost, or there was none.
 */
export function failureOf(error: unknown): PostgresFailure {
  // TypeORM releases the query runner of a connection that is lost between two queries.
  if (error instanceof QueryRunnerAlreadyReleasedError) return 'lost';
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return 'other';
  const code = String((cause as { code?: unknown }).code ?? '');
  if (CONFLICT.test(code)) return 'conflict';
  return LOST.test(code) || LOST_TEXT.test(cause.message) ? 'lost' : 'other';
}
