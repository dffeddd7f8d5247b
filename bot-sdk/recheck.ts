import type { BotErrorCode, Effect, HookInput, Outcome, RunLimits, RunResult } from './contract.js';
import { Ledger } from './ledger.js';
import { modulesOf } from './modules.js';
import { foundOf } from './trial.js';
import { WEB_FAILURES } from './web.js';

/**
 * Validates a result from a sandbox, which is untrusted: every effect is entered into a new ledger, and only that
 * ledger's effects are used. Throws if the kit could not have produced the result.
 */
export function recheck(result: unknown, input: HookInput, limits: RunLimits): RunResult {
  const { outcome, error, effects, state, logs, ms, drew, found } = result as RunResult;
  const ledger = new Ledger(input, limits);
  ledger.logAgain(list(logs, MAX_LOG_LINES));
  const spent = Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : 0;
  const drawn = drew === true ? { drew } : {};
  if (outcome !== 'ok') return { ...failed(outcome, error, ledger.logs, spent), ...drawn };

  for (const effect of list(effects)) enter(effect as Effect, ledger);
  const saved = state === undefined ? undefined : saveAgain(state, ledger, input.state_version);
  return {
    outcome,
    effects: ledger.effects,
    ...(saved ? { state: saved } : {}),
    logs: ledger.logs,
    ms: spent,
    ...drawn,
    ...(input.trial && { found: foundOf(found) }),
  };
}

function enter(effect: Effect, ledger: Ledger) {
  switch (effect.type) {
    case 'post':
      ledger.version = versionAfter(ledger.version, effect.state_version);
      ledger.post({ ...effect, kind: effect.label ?? effect.kind });
      return;
    case 'reveal':
      return ledger.reveal(effect.target);
    case 'timer_set':
      return ledger.setTimer(effect.name, effect.seconds);
    case 'timer_clear':
      return ledger.clearTimer(effect.name);
    case 'finish':
      return ledger.finish(effect.result);
    case 'update_channel':
      return ledger.updateChannel(effect.ops);
    default:
      throw new TypeError('an effect of no known type');
  }
}

function saveAgain({ value, version }: { value: unknown; version: number }, ledger: Ledger, before: number) {
  const last = versionAfter(Math.max(ledger.version, before + 1), version);
  ledger.setState(value);
  return { value: ledger.state, version: last };
}

function versionAfter(before: number, version: number): number {
  if (!Number.isSafeInteger(version) || version < before) throw new TypeError('state versions that go back');
  return version;
}

/** The maximum log size in bytes, since each line has at least its line end. */
const MAX_LOG_LINES = 100_000;

const FAILURES: Record<Exclude<Outcome, 'ok'>, BotErrorCode[]> = {
  timed_out: ['TIMEOUT'],
  killed: ['MEMORY_LIMIT', 'STACK_OVERFLOW', 'RUNNER_CRASHED'],
  threw: [
    'BOT_THREW',
    'POST_LIMIT',
    'BODY_TOO_LARGE',
    'OUTPUT_LIMIT',
    'STATE_TOO_LARGE',
    'STALE_STATE',
    'BAD_EFFECT',
    'MODULE_NOT_ALLOWED',
    ...WEB_FAILURES,
  ],
};

function failed(outcome: Exclude<Outcome, 'ok'>, error: RunResult['error'], logs: string[], ms: number): RunResult {
  const isKnown = error && Object.hasOwn(FAILURES, outcome) && FAILURES[outcome].includes(error.code);
  if (!isKnown) throw new TypeError('a failure of no known kind');
  const { code, detail, module, allowed } = error;
  return {
    outcome,
    error: {
      code,
      detail: text(detail, 500),
      ...(error.code === 'MODULE_NOT_ALLOWED' && module !== undefined
        ? { module: text(module, 200), allowed: list(allowed).filter(isModule) }
        : {}),
    },
    effects: [],
    logs,
    ms,
  };
}

const MODULES = new Set<unknown>([...modulesOf('javascript'), ...modulesOf('python')]);

/** Only known module names, because any other name could be text of the bot. */
const isModule = (name: unknown): name is string => MODULES.has(name);

/** Cuts the text without splitting a character, which a log entry cannot contain. */
function text(value: unknown, most: number): string {
  return String(value).slice(0, most).toWellFormed();
}

function list(value: unknown, most = 10_000): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new TypeError('not a list, or far too long');
  return value;
}
