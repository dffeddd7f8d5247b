import { setTimeout } from 'node:timers/promises';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { failureOf } from './postgres-failures.js';

/** Advisory locks of two numbers: the first says what is locked, and the second is 0 or the hash of a subject. */
const EVERY_WRITE = 0x7061_7201;
const SUBJECT = 0x7061_7202;

/** How long the outcome of a commit is asked for after its connection was lost. */
const OUTCOME_MS = 20_000;
const ASK_AGAIN_MS = 200;

export interface WriteOrder {
  /** Transactions with the same subject run one after another, also those of other processes. */
  readonly subject?: string;
  /** No other transaction runs at the same time. */
  readonly isAlone: boolean;
}

/** The connection was lost during a commit, and Postgres could not be asked whether it happened. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

/**
 * Runs `work` in one serializable transaction, without another try. The locks are taken before the transaction begins,
 * because it sees the database as it was at its first query.
 */
export async function inTransaction<T>(
  source: DataSource,
  order: WriteOrder,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = source.createQueryRunner();
  const failed = firstFailure(runner);
  let isClean = false;
  try {
    await lock(runner, order);
    await runner.startTransaction();
    const [{ xid }] = await runner.query('SELECT pg_current_xact_id()::text AS xid');
    const result = await work(runner.manager);
    // Postgres commits nothing after a failed statement, even if `work` has caught its error.
    failed.rethrow();
    await commit(source, runner, xid);
    isClean = !runner.isReleased && (await unlocked(runner));
    return result;
  } catch (thrown) {
    const error = failed.error ?? thrown;
    isClean = failureOf(error) !== 'lost' && (await rolledBack(runner));
    throw error;
  } finally {
    if (!isClean) await discard(runner);
    await runner.release();
  }
}

/** Remembers the first statement of the runner that fails: what `work` throws after it may hide why. */
function firstFailure(runner: QueryRunner) {
  const failed: { error?: unknown; rethrow(): void } = {
    rethrow() {
      if (failed.error !== undefined) throw failed.error;
    },
  };
  const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>;
  runner.query = ((...given: unknown[]) =>
    query(...given).catch((error) => {
      failed.error ??= error;
      throw error;
    })) as typeof runner.query;
  return failed;
}

async function lock(runner: QueryRunner, { subject, isAlone }: WriteOrder) {
  const every = `pg_advisory_lock${isAlone ? '' : '_shared'}(${EVERY_WRITE}, 0)`;
  if (subject === undefined) await runner.query(`SELECT ${every}`);
  else await runner.query(`SELECT ${every}, pg_advisory_lock(${SUBJECT}, hashtext($1))`, [subject]);
}

async function unlocked(runner: QueryRunner): Promise<boolean> {
  return runner.query('SELECT pg_advisory_unlock_all()').then(
    () => true,
    () => false,
  );
}

async function rolledBack(runner: QueryRunner): Promise<boolean> {
  if (runner.isReleased) return false;
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    return await unlocked(runner);
  } catch {
    return false;
  }
}

/** The pool replaces a connection that was ended. Its transaction and its locks end with it. */
async function discard(runner: QueryRunner) {
  if (runner.isReleased) return;
  const client = await runner.connect().catch(() => undefined);
  client?.end().catch(() => undefined);
}

/** If the connection is lost before the answer comes, Postgres is asked whether the transaction has committed. */
async function commit(source: DataSource, runner: QueryRunner, xid: string) {
  try {
    await runner.commitTransaction();
  } catch (error) {
    if (failureOf(error) !== 'lost' || !(await hasCommitted(source, xid))) throw error;
    await discard(runner);
  }
}

async function hasCommitted(source: DataSource, xid: string): Promise<boolean> {
  for (const until = Date.now() + OUTCOME_MS; Date.now() < until; await setTimeout(ASK_AGAIN_MS)) {
    const [row] = await source
      .query('SELECT pg_xact_status($1::xid8) AS status', [xid])
      .catch((error) => (failureOf(error) === 'lost' ? [] : Promise.reject(error)));
    if (row?.status === 'committed' || row?.status === 'aborted') return row.status === 'committed';
    // Its connection may still be open at the other end, where it waits for a commit that was lost on the way.
    if (row?.status === 'in progress') await source.query(TERMINATE, [xid]).catch(() => undefined);
  }
  throw new UnknownOutcomeError('The connection was lost during a commit, and Postgres did not answer in time.');
}

const TERMINATE = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = $1::xid8::xid';
