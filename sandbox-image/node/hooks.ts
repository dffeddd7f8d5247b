import type { FromSandbox, ToSandbox } from '../../bot-sdk/sandbox-protocol.js';

export type BindMessage = Extract<ToSandbox, { t: 'bind' }>;
export type HookMessage = Extract<ToSandbox, { t: 'hook' }>;
export type Send = (message: FromSandbox) => void;

/** Runs hooks, either in the sandbox's own process or in a separate process for each. */
export interface Hooks {
  perform(hook: HookMessage): Promise<void>;
  answered(answer: Extract<ToSandbox, { t: 'web' }>): void;
}
