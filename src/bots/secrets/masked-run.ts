import type { Effect, Json, JsonObject, RunError, RunResult } from '../../../bot-sdk/contract.js';
import type { WebAnswer, WebRequest } from '../../../bot-sdk/web.js';
import type { NetworkExchange } from '../../runtime/egress/fetch-records.js';
import type { SecretMask } from './secret-mask.js';

/**
 * Masks the secrets in everything that leaves a run. State and timers, which only the bot itself reads, are not
 * masked, so that the secrets do not change the course of a game.
 */
export function maskedRun(ran: RunResult, mask: SecretMask): RunResult {
  return {
    ...ran,
    effects: maskedEffects(ran.effects, mask),
    logs: mask.masked(ran.logs),
    ...(ran.error && { error: maskedError(ran.error, mask) }),
  };
}

export const maskedError = ({ detail, ...error }: RunError, mask: SecretMask): RunError => ({
  ...error,
  detail: mask.masked(detail),
  ...(error.module !== undefined && { module: mask.masked(error.module) }),
});

/** A network exchange as it is recorded, masked. Secrets may be sent only to the hosts that a bot declares. */
export function maskedExchange({ request, answer, via, at }: NetworkExchange, mask: SecretMask): NetworkExchange {
  return {
    request: maskRequest(request, mask),
    answer: maskAnswer(answer, mask),
    via: via.map((url) => mask.masked(url)),
    at,
  };
}

function maskRequest(request: WebRequest, mask: SecretMask): WebRequest {
  if (request.kind === 'tls') return request;
  const { url, headers, body } = request;
  const maskedRequest = { ...request, url: mask.masked(url), headers: mask.masked(headers) };
  return body === undefined ? maskedRequest : { ...maskedRequest, body: maskedBytes(body, mask) };
}

function maskAnswer(answer: WebAnswer, mask: SecretMask): WebAnswer {
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
  const maskedText = mask.masked(text);
  return maskedText === text ? base64 : Buffer.from(maskedText).toString('base64');
}

/** Masks effects with the same readers together, so that secrets split between them are found; others separately. */
function maskedEffects(effects: readonly Effect[], mask: SecretMask): Effect[] {
  const result = [...effects];
  const byReaders = new Map<string, number[]>();
  for (const [place, effect] of effects.entries()) {
    const readers = readersOf(effect, place);
    if (readers !== undefined) byReaders.set(readers, [...(byReaders.get(readers) ?? []), place]);
  }
  for (const places of byReaders.values()) {
    const maskedWords = mask.masked(places.map((place) => wordsOf(effects[place] as Effect)));
    for (const [n, place] of places.entries())
      result[place] = withWords(effects[place] as Effect, maskedWords[n] as Json[]);
  }
  return result;
}

/**
 * Who reads an effect, as a key; undefined if nobody does. Each sealed post has its own key, because it may be revealed
 * without the others.
 */
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
