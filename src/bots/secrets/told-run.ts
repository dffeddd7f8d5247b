import type { Effect, Json, JsonObject, RunError, RunResult } from '../../../bot-sdk/contract.js';
import type { WebAnswer, WebRequest } from '../../../bot-sdk/web.js';
import type { Exchange } from '../../runtime/egress/fetch-records.js';
import type { SecretMask } from './secret-mask.js';

/**
 * What leaves of a run whose bot has secrets: the same without them. What the bot keeps for itself, its state and its timers,
 * stays as it is, so that no secret changes how a game goes on.
 */
export function toldRun(ran: RunResult, mask: SecretMask): RunResult {
  return {
    ...ran,
    effects: toldEffects(ran.effects, mask),
    logs: mask.masked(ran.logs),
    ...(ran.error && { error: toldError(ran.error, mask) }),
  };
}

export const toldError = ({ detail, ...error }: RunError, mask: SecretMask): RunError => ({
  ...error,
  detail: mask.masked(detail),
  ...(error.module !== undefined && { module: mask.masked(error.module) }),
});

/** What was asked and answered, for the record. Secrets may go to the hosts that a bot declares, and no further. */
export function toldExchange({ request, answer, via, at }: Exchange, mask: SecretMask): Exchange {
  return {
    request: toldRequest(request, mask),
    answer: toldAnswer(answer, mask),
    via: via.map((url) => mask.masked(url)),
    at,
  };
}

function toldRequest(request: WebRequest, mask: SecretMask): WebRequest {
  if (request.kind === 'tls') return request;
  const { url, headers, body } = request;
  const told = { ...request, url: mask.masked(url), headers: mask.masked(headers) };
  return body === undefined ? told : { ...told, body: maskedBytes(body, mask) };
}

function toldAnswer(answer: WebAnswer, mask: SecretMask): WebAnswer {
  if (answer.kind === 'failed') return { ...answer, detail: mask.masked(answer.detail) };
  if (answer.kind === 'seen') {
    const { subject, issuer, san } = answer.sight;
    const names = { subject: mask.masked(subject), issuer: mask.masked(issuer), san: mask.masked(san) };
    return { ...answer, sight: { ...answer.sight, ...names } };
  }
  const { url, headers, body, receipt } = answer;
  return {
    ...answer,
    url: mask.masked(url),
    headers: mask.masked(headers),
    body: maskedBytes(body, mask),
    receipt: { ...receipt, url: mask.masked(receipt.url) },
  };
}

function maskedBytes(base64: string, mask: SecretMask): string {
  const text = Buffer.from(base64, 'base64').toString('utf8');
  const kept = mask.masked(text);
  return kept === text ? base64 : Buffer.from(kept).toString('base64');
}

/** Together where the same people may read it, so that pieces of a secret are found; apart where others may. */
function toldEffects(effects: readonly Effect[], mask: SecretMask): Effect[] {
  const told = [...effects];
  const byReaders = new Map<string, number[]>();
  for (const [place, effect] of effects.entries()) {
    const readers = readersOf(effect, place);
    if (readers !== undefined) byReaders.set(readers, [...(byReaders.get(readers) ?? []), place]);
  }
  for (const places of byReaders.values()) {
    const masked = mask.masked(places.map((place) => wordsOf(effects[place] as Effect)));
    for (const [n, place] of places.entries()) told[place] = withWords(effects[place] as Effect, masked[n] as Json[]);
  }
  return told;
}

/** Undefined for what nobody reads. A sealed post may be revealed without the others. */
function readersOf(effect: Effect, place: number): string | undefined {
  if (effect.type === 'finish' || effect.type === 'update_channel') return 'everyone';
  if (effect.type !== 'post') return undefined;
  if (effect.sealed) return `sealed ${place}`;
  return effect.to === undefined ? 'everyone' : `to ${effect.to}`;
}

function wordsOf(effect: Effect): Json[] {
  if (effect.type === 'post') return [effect.label ?? null, effect.body];
  if (effect.type === 'finish') return [effect.result];
  return effect.type === 'update_channel' ? [effect.ops] : [];
}

function withWords(effect: Effect, [first, second]: Json[]): Effect {
  if (effect.type === 'finish') return { ...effect, result: first as JsonObject };
  if (effect.type === 'update_channel') return { ...effect, ops: first as Json[] };
  if (effect.type !== 'post') return effect;
  return { ...effect, ...(effect.label && { label: first as string }), body: second as JsonObject };
}
