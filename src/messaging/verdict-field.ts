import type { Json } from '../../bot-sdk/contract.js';
import { lookAlikes } from '../kernel/skeleton.js';

/** The field in which the server says whether a reveal matches the commitment of its bot. */
export const VERDICT = 'verified';

const verdictWord = lookAlikes([VERDICT]);
const isVerdict = (name: string) => (/^[a-z]+$/.test(name) ? name === VERDICT : verdictWord(name) !== undefined);

/** Whether a value contains, at any depth, a field that is or looks like this one. */
export function hasVerdict(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([name, inner]) => (!Array.isArray(value) && isVerdict(name)) || hasVerdict(inner));
}

/** Whether a reader may mistake a field of a body for the server's; inside lists it never occurs. */
export function claimsVerdict(body: unknown): boolean {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return false;
  return Object.entries(body).some(([name, inner]) => isVerdict(name) || claimsVerdict(inner));
}

/** The same value without such fields, at any depth. */
export function withoutVerdicts<T extends Json>(value: T): T {
  if (!hasVerdict(value)) return value;
  if (Array.isArray(value)) return value.map(withoutVerdicts) as T;
  const kept = Object.entries(value as object).filter(([name]) => !isVerdict(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutVerdicts(inner)])) as T;
}
