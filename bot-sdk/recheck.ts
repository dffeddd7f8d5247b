import type { BotErrorCode, Effect, HookInput, Outcome, RunLimits, RunResult } from './contract.js';
import { Ledger } from './ledger.js';
import { modulesOf } from './modules.js';
import { WEB_FAILURES } from './web.js';

/**
 * Takes a result from the other side of a wall as if a stranger had written it: every effect is entered again in a ledger
 * of our own, and only what that ledger holds goes on. Throws where the result is none the kit could have made.
 */
export function recheck(result: unknown, input: HookInput, limits: RunLimits): RunResult {
  const { outcome, error, effects, state, logs, ms, drew } = result as RunResult;
  const ledger = new Ledger(input, limits);
  for (const line of list(logs)) ledger.log(line);
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

/** Names of ours: what else a sandbox calls a module is a bot's word. */
const isModule = (name: unknown): name is string => MODULES.has(name);

/** Cut, and without half characters, which no entry can hold. */
function text(value: unknown, most: number): string {
  return String(value)
    .slice(0, most)
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length > 10_000) throw new TypeError('not a list, or far too long');
  return value;
}
