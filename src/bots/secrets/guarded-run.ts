import type { RunError, RunResult } from '../../../bot-sdk/contract.js';
import type { WebAnswer } from '../../../bot-sdk/web.js';
import type { Exchange } from '../../runtime/egress/fetch-records.js';
import { refusedRun } from '../refused-run.js';
import type { SecretGuard } from './secret-guard.js';

/**
 * What may be kept of a run whose bot has secrets. One that says a secret, in a post, its state, a timer or anything else it
 * wants done, has no effect at all; what it printed, and why it failed, are kept without it.
 */
export function guardedRun(ran: RunResult, guard: SecretGuard): RunResult {
  const result = {
    ...ran,
    logs: guardedLines(ran.logs, guard),
    ...(ran.error && { error: guardedError(ran.error, guard) }),
  };
  const bodies = ran.effects.flatMap((effect) => (effect.type === 'post' ? [effect.body] : []));
  const name = guard.findIn(ran.effects, ran.state?.value) ?? guard.findIn(bodies);
  if (name === undefined) return result;
  return refusedRun(result, { code: 'SECRET_LEAK', detail: `the hook would have told the secret ${name}` });
}

/** What was asked and answered, for the record. Secrets may go to the hosts that a bot declares, and no further. */
export function guardedExchange({ request, answer, via, at }: Exchange, guard: SecretGuard): Exchange {
  return {
    request:
      'body' in request
        ? { ...guarded(request, guard), body: guardedBytes(request.body, guard) }
        : guarded(request, guard),
    answer: guardedAnswer(answer, guard),
    via: via.map((url) => guard.withoutSecrets(url)),
    at,
  };
}

const guardedAnswer = (answer: WebAnswer, guard: SecretGuard): WebAnswer =>
  answer.kind === 'fetched'
    ? { ...guarded({ ...answer, body: '' }, guard), body: guardedBytes(answer.body, guard) ?? '' }
    : guarded(answer, guard);

function guardedBytes(base64: string | undefined, guard: SecretGuard): string | undefined {
  if (base64 === undefined) return undefined;
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const kept = guard.withoutSecrets(text);
  return kept === text ? base64 : Buffer.from(kept).toString('base64');
}

function guarded<T>(value: T, guard: SecretGuard): T {
  if (typeof value === 'string') return guard.withoutSecrets(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => guarded(item, guard)) as T;
  const members = Object.entries(value).map(([name, inner]) => [guard.withoutSecrets(name), guarded(inner, guard)]);
  return Object.fromEntries(members);
}

/** Line by line; where the secret is only in all of them together, none is kept. */
function guardedLines(lines: string[], guard: SecretGuard): string[] {
  const kept = lines.map((line) => guard.withoutSecrets(line));
  const left = guard.findIn(kept);
  return left === undefined ? kept : [`[withheld: the lines held the secret ${left}]`];
}

function guardedError({ code, detail, ...more }: RunError, guard: SecretGuard): RunError {
  return guard.findIn(more) === undefined
    ? { code, detail: guard.withoutSecrets(detail), ...more }
    : { code, detail: guard.withoutSecrets(detail) };
}
