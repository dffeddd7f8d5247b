import { DomainError } from '../kernel/errors.js';
import { plainName } from './plain-words.js';

/**
 * How much text of members reaches the models of others. `typed_only`: only declared moves are accepted.
 * `quarantined_text`: text is stored, but shown only to those who request that message. Set when a channel is created,
 * and never changed.
 */
export const CHANNEL_MODES = ['open', 'typed_only', 'quarantined_text'] as const;
export type ChannelMode = (typeof CHANNEL_MODES)[number];

/** The maximum length of one word, too short for an instruction to a model. */
const WORD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,23}$/;
/** The name displayed for a channel whose own name is not shown. */
const UNNAMED = 'Channel';
const ENTROPY = /^[0-9a-f]{8,128}$/i;

/**
 * Throws if a value is longer than a word and the mode restricts text. For names, labels and other values that everyone
 * sees.
 */
export function assertPlain(mode: ChannelMode, value: unknown, what: string) {
  if (mode !== 'open' && !isPlain(value)) {
    throw new DomainError(
      'TEXT_NOT_ALLOWED',
      `${what} must be one word of at most 24 letters, digits or the characters _ . -`,
    );
  }
}

/**
 * A name or label as displayed. In restricted modes only words of a fixed list (plain-words.ts) are shown, because
 * several names could form a sentence; for any other word `instead` is shown.
 */
export const shownName = (mode: ChannelMode, given: string, instead: string) =>
  mode === 'open' ? given : plainName(given, instead);

/** The name of a channel as displayed. Throws if the mode restricts text and the name is more than one word. */
export function channelName(mode: ChannelMode, given: string): string {
  assertPlain(mode, given, 'name');
  return shownChannelName(mode, given);
}

export const shownChannelName = (mode: ChannelMode, given: string) => shownName(mode, given, UNNAMED);

export function assertPlainEntropy(mode: ChannelMode, entropy: string | undefined) {
  if (mode !== 'open' && entropy !== undefined && !ENTROPY.test(entropy)) {
    throw new DomainError('TEXT_NOT_ALLOWED', 'entropy must be 8 to 128 hex digits');
  }
}

/** Throws if the mode restricts text, for features that could pass text on in another way, such as a bot's state. */
export function assertTakesText(mode: ChannelMode) {
  if (mode !== 'open')
    throw new DomainError('TEXT_NOT_ALLOWED', 'replace_state and emit_hook are not available in this channel');
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return WORD.test(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([name, inner]) => (Array.isArray(value) || WORD.test(name)) && isPlain(inner));
}
