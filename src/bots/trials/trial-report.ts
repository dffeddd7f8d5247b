import { type FoundHooks, HOOKS, type Hook, type RunError } from '../../../bot-sdk/contract.js';
import { camelCase } from '../../../bot-sdk/javascript-source.js';
import { nearMisses } from '../../../bot-sdk/trial.js';
import { lineIn } from './unfit-code-error.js';

/** Why a bot was not tried when it was attached. It is tried before its first hook; until then every hook is called. */
export const UNTRIED_REASONS = ['review', 'no_place'] as const;
export type UntriedReason = (typeof UNTRIED_REASONS)[number];

/** The message for a bot that was not tried. */
export const UNTRIED: Readonly<Record<UntriedReason, string>> = {
  review:
    'The bot was not tried, because no admin of this server has allowed its code yet. It is tried before its first hook.',
  no_place: 'The bot was not tried, because no sandbox was free. It is tried before its first hook.',
};

export const UNCLEAR_TRIAL_WARNING =
  'The trial of the bot could not be completed, because its constructor needs the network or secrets. The hooks that its source and its manifest name are called.';

/**
 * Warnings about differences between the found hooks and what the author may have meant. `declared`: the hooks in the
 * manifest, in snake or camel case.
 */
export function warningsOf(found: FoundHooks, declared?: readonly string[]): string[] {
  const { hooks } = found;
  const near = nearMisses(found).map(
    ({ name, hook }) => `${name} is not a hook and is never called. Did you mean ${hook}?`,
  );
  const none = hooks.length === 0 ? ['The bot has no hooks, so it is never called.'] : [];
  return [...near, ...none, ...(declared ? differences(hooks, declared) : [])];
}

function differences(hooks: readonly Hook[], declared: readonly string[]): string[] {
  const declaredHooks = HOOKS.filter((hook) => declared.includes(hook) || declared.includes(camelCase(hook)));
  const undeclared = hooks.filter((hook) => !declaredHooks.includes(hook)).join(', ');
  const missing = declaredHooks.filter((hook) => !hooks.includes(hook)).join(', ');
  return [
    ...(undeclared
      ? [`The bot has hooks that its manifest does not list. They are called anyway: ${undeclared}.`]
      : []),
    ...(missing ? [`The manifest lists hooks that the bot does not have: ${missing}.`] : []),
  ];
}

/** The error code and line of code that cannot run, without any text of the bot, because the channel sees it. */
export function faultOf({ code, detail }: RunError) {
  const line = lineIn(detail);
  return { code, ...(line !== undefined && { line }) };
}
