import { isTyped } from '../../../bot-sdk/moves.js';
import type { ChannelMode } from '../../channels/channel-mode.js';
import { DomainError } from '../../kernel/errors.js';
import type { PreparedBot } from './bot-preparation.js';

/**
 * Code is text and can contain any message of its author. So where text is restricted, only presets may be attached,
 * and their settings contain no text either.
 */
export function assertSuitsMode(mode: ChannelMode, { preset, manifest, params }: PreparedBot) {
  if (mode === 'open') return;
  if (!preset) throw new DomainError('TEXT_NOT_ALLOWED', 'only presets can be attached in this channel');
  if (!isTyped(manifest.params, params))
    throw new DomainError('TEXT_NOT_ALLOWED', 'params must not allow free text in this channel');
  if (mode === 'typed_only' && !manifest.moves) {
    throw new DomainError('TEXT_NOT_ALLOWED', 'the manifest of this preset declares no moves that this channel allows');
  }
}
