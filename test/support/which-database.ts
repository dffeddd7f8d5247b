import { describe } from '@jest/globals';
import { isPostgres } from './database.js';

/** A `describe` for what exists only with Postgres; it runs with TEST_DATABASE=postgres. */
export const onPostgres = isPostgres ? describe : describe.skip;

/** A `describe` for what exists only with SQLite. */
export const onSqlite = isPostgres ? describe.skip : describe;
