import { BundleError } from '../../../bot-sdk/bundle-error.js';
import { ManifestError } from '../../../bot-sdk/manifest-fields.js';
import { ParamsError } from '../../../bot-sdk/params.js';
import { type ErrorCode, type ErrorFacts, printable } from '../../kernel/errors.js';

/** Why a bot is refused, in a form that can be sent between threads. */
export interface BotRefusal {
  readonly code: ErrorCode;
  readonly detail?: string;
  readonly facts?: ErrorFacts;
}

/** The maximum length of such a message. It may quote the caller's own code, with the line. */
const MAX_DETAIL_LENGTH = 200;

/** The error for the caller that corresponds to an error of the bot-sdk; undefined for any other error. */
export function botRefusalOf(error: unknown): BotRefusal | undefined {
  if (error instanceof BundleError && error.reason === 'MODULE_NOT_ALLOWED') {
    return {
      code: 'MODULE_NOT_ALLOWED',
      detail: printable(error.detail, MAX_DETAIL_LENGTH),
      facts: { module: printable(error.module ?? '', MAX_DETAIL_LENGTH), allowed: error.allowed },
    };
  }
  if (error instanceof BundleError) return { code: 'BOT_INVALID', detail: printable(error.detail, MAX_DETAIL_LENGTH) };
  if (error instanceof ManifestError)
    return { code: 'BOT_INVALID', detail: printable(`manifest: ${error.message}`, MAX_DETAIL_LENGTH) };
  if (error instanceof ParamsError) return { code: 'BOT_INVALID', detail: printable(error.message, MAX_DETAIL_LENGTH) };
  return undefined;
}
