import type { ValueTransformer } from 'typeorm';

/** A 64-bit integer column: Postgres returns it as text, SQLite as a number. */
export const bigint: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};
