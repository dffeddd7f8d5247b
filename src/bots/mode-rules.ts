import type { Manifest } from '../../bot-sdk/contract.js';
import { isTyped } from '../../bot-sdk/moves.js';
import type { ChannelMode } from '../channels/channel-mode.js';
import { DomainError } from '../kernel/errors.js';
import type { PreparedBot } from './bot-preparation.js';

/**
 * Code is text, and says whatever its author wants: where text is kept out, bots are ones that ship with the server, and
 * their settings hold no text either.
 */
export function mustSuit(mode: ChannelMode, { preset, manifest, params, env }: PreparedBot) {
  if (mode === 'open') return;
  if (!preset) throw new DomainError('TEXT_NOT_ALLOWED', 'only a preset may sit here');
  if (!isTyped(manifest.params, params)) throw new DomainError('TEXT_NOT_ALLOWED', 'no params that are free text');
  mustBeNeeded(mode, manifest, Object.keys(env));
  if (mode === 'typed_only' && !manifest.moves) {
    throw new DomainError('TEXT_NOT_ALLOWED', 'this preset declares no moves that could be made here');
  }
}

/** Everyone is shown the names of secrets: where text is kept out they are those that the manifest of a preset asks for. */
export function mustBeNeeded(mode: ChannelMode, { needs_env }: Manifest, names: readonly string[]) {
  if (mode !== 'open' && !names.every((name) => needs_env.includes(name))) {
    throw new DomainError('TEXT_NOT_ALLOWED', 'a bot has only the secrets here that its manifest needs');
  }
}
