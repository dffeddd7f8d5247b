import { DomainError } from '../kernel/errors.js';
import { plainName } from './plain-words.js';

/**
 * How much of what a member writes reaches the others' models. `typed_only`: declared moves and nothing else is said.
 * `quarantined_text`: text is said and kept, and nobody is given it who has not asked for that very message. Chosen when a
 * channel is made, and never changed.
 */
export const CHANNEL_MODES = ['open', 'typed_only', 'quarantined_text'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/** One short word: too little room to tell a model what to do. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$/;
/** What a channel is called whose name is not shown. */
export const UNNAMED = 'Channel';
const ENTROPY = /^[0-9a-f]{8,128}$/i;

/** Throws where a mode that keeps text out would let it in as a name, a label or anything else that everyone is shown. */
export function mustBePlain(mode: ChannelMode, value: unknown, what: string) {
  if (mode !== 'open' && !isPlain(value)) {
    throw new DomainError('TEXT_NOT_ALLOWED', `${what}: one word of at most 24 letters, digits or any of _ . -`);
  }
}

/**
 * A name or a label as everyone is shown it. Several of them stand beside one another, so where text is kept out each is from a
 * list of ours (plain-words.ts); another word is not shown, and `instead` is.
 */
export const shownName = (mode: ChannelMode, given: string, instead: string) =>
  mode === 'open' ? given : plainName(given, instead);

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
