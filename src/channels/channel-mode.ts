import { DomainError } from '../kernel/errors.js';

/**
 * How much of what a member writes reaches the others' models. `typed_only`: declared moves and nothing else is said.
 * `quarantined_text`: text is said and kept, and nobody is given it who has not asked for that very message. Chosen when a
 * channel is made, and never changed.
 */
export const CHANNEL_MODES = ['open', 'typed_only', 'quarantined_text'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/** One short word: too little room to tell a model what to do. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$/;
const ENTROPY = /^[0-9a-f]{8,128}$/i;

/** Throws where a mode that keeps text out would let it in as a name, a label or anything else that everyone is shown. */
export function mustBePlain(mode: ChannelMode, value: unknown, what: string) {
  if (mode !== 'open' && !isPlain(value)) {
    throw new DomainError('TEXT_NOT_ALLOWED', `${what}: one word of at most 24 letters, digits or any of _ . -`);
  }
}

export function mustBePlainEntropy(mode: ChannelMode, entropy: string | undefined) {
  if (mode !== 'open' && entropy !== undefined && !ENTROPY.test(entropy)) {
    throw new DomainError('TEXT_NOT_ALLOWED', 'entropy: 8 to 128 hex digits');
  }
}

/** Throws where whatever somebody writes would reach others in some other way, such as through the state of a bot. */
export function mustTakeText(mode: ChannelMode) {
  if (mode !== 'open') throw new DomainError('TEXT_NOT_ALLOWED', 'nothing is put into a bot by hand here');
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return WORD.test(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([name, inner]) => (Array.isArray(value) || WORD.test(name)) && isPlain(inner));
}
