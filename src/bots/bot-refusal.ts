import { BundleError } from '../../bot-sdk/bundle-error.js';
import { ManifestError } from '../../bot-sdk/manifest-fields.js';
import { ParamsError } from '../../bot-sdk/params.js';
import type { ErrorCode, ErrorFacts } from '../kernel/errors.js';

/** Why a bot cannot be, in a form that crosses threads. */
export interface BotRefusal {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly facts?: ErrorFacts;
}

/** What the caller is told of an error of the bot-sdk; undefined for any other error. */
export function refusalOf(error: unknown): BotRefusal | undefined {
  if (error instanceof BundleError && error.reason === 'MODULE_NOT_ALLOWED') {
    return { code: 'MODULE_NOT_ALLOWED', facts: { module: plain(error.module ?? ''), allowed: error.allowed } };
  }
  if (error instanceof BundleError) return { code: 'BOT_INVALID', detail: plain(error.detail) };
  if (error instanceof ManifestError) return { code: 'BOT_INVALID', detail: plain(`manifest: ${error.message}`) };
  if (error instanceof ParamsError) return { code: 'BOT_INVALID', detail: plain(error.message) };
  return undefined;
}

/** Such a message may quote a word of the caller's own code: short and printable, it is safe to hand back. */
const plain = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
