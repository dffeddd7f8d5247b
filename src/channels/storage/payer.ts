import { AsyncLocalStorage } from 'node:async_hooks';
import { callingAccount } from '../../kernel/admission.js';

const current = new AsyncLocalStorage<string>();

/** What `work` stores is stored on this account, whoever's request it happens to be part of. */
export const onAccountOf = <T>(accountId: string, work: () => T): T => current.run(accountId, work);

/** Whether what is stored now is a caller's own, and not what a bot does on somebody's account. */
export const isOwnDoing = (): boolean => current.getStore() === undefined && callingAccount() !== '';

/** On whose account something is stored now: empty where nobody asked for it. */
export const payingAccount = (): string => current.getStore() ?? callingAccount();
