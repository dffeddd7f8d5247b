import { hashOf } from './bundle-hash.js';
import { BOUNDARY } from './kit/boundary.js';
import { CONTEXT } from './kit/context.js';
import { DATE } from './kit/date.js';
import { GLOBALS } from './kit/globals.js';
import { MAIN } from './kit/main.js';

/**
 * The JavaScript that surrounds a bot inside its realm, as one module named `bot-sdk`. It is text, so that what runs is
 * what was hashed, however this file was compiled.
 */
export const KIT = [BOUNDARY, GLOBALS, DATE, CONTEXT, MAIN].join('');

/** Part of every bundle hash: another kit is another bundle. */
export const KIT_HASH = hashOf(KIT);
