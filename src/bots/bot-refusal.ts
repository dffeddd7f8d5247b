import { BundleError } from '../../bot-sdk/bundle-error.js';
import { ManifestError } from '../../bot-sdk/manifest-fields.js';
import { ParamsError } from '../../bot-sdk/params.js';
import { type ErrorCode, type ErrorFacts, printable } from '../kernel/errors.js';

/** Why a bot cannot be, in a form that crosses threads. */
export interface BotRefusal {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly facts?: ErrorFacts;
}

/** Such a message may quote a word of the caller's own code, and where it stands. */
const MOST = 200;

/** What the caller is told of an error of the bot-sdk; undefined for any other error. */
export function refusalOf(error: unknown): BotRefusal | undefined {
  if (error instanceof BundleError && error.reason === 'MODULE_NOT_ALLOWED') {
    return {
      code: 'MODULE_NOT_ALLOWED',
      facts: { module: printable(error.module ?? '', MOST), allowed: error.allowed },
    };
  }
  if (error instanceof BundleError) return { code: 'BOT_INVALID', detail: printable(error.detail, MOST) };
  if (error instanceof ManifestError)
    return { code: 'BOT_INVALID', detail: printable(`manifest: ${error.message}`, MOST) };
  if (error instanceof ParamsError) return { code: 'BOT_INVALID', detail: printable(error.message, MOST) };
  return undefined;
}
