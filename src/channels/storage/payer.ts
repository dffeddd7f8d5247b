import { AsyncLocalStorage } from 'node:async_hooks';
import { callingAccount } from '../../kernel/admission.js';

const current = new AsyncLocalStorage<string>();

/** Runs `work` so that what it stores is charged to this account, no matter who made the request. */
export const onAccountOf = <T>(accountId: string, work: () => T): T => current.run(accountId, work);

/** Whether data stored now was written by the caller and not by a bot for another account. */
export const isOwnDoing = (): boolean => current.getStore() === undefined && callingAccount() !== '';

/** The account to which data stored now is charged; empty if there is none. */
export const payingAccount = (): string => current.getStore() ?? callingAccount();
