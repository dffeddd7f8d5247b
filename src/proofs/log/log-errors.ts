import { DomainError } from '../../kernel/errors.js';

/** The database is older than what the server has signed. */
export const rolledBack = (detail: string) => new DomainError('LOG_ROLLED_BACK', detail);

/** Stored entries do not agree with what the server has signed. */
export const logChanged = (detail: string) => new DomainError('LOG_CHANGED', detail);

/** Whether signing was refused, because of what is stored. */
export const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError && (error.code === 'LOG_ROLLED_BACK' || error.code === 'LOG_CHANGED');
