import { hashOf } from './bundle-hash.js';
import { BOUNDARY } from './kit/boundary.js';
import { CONSOLE } from './kit/console.js';
import { CONTEXT } from './kit/context.js';
import { DATE } from './kit/date.js';
import { ENGINES } from './kit/engines.js';
import { GLOBALS } from './kit/globals.js';
import { LAZY } from './kit/lazy.js';
import { LIBRARIES } from './kit/libraries.js';
import { MAIN } from './kit/main.js';
import { TIMERS } from './kit/timers.js';
import { TRIAL } from './kit/trial.js';

/** Libraries that the kit loads later are part of it, and of its hash. */
const PINNED = `// libraries: ${hashOf(JSON.stringify(LIBRARIES))}\n`;

/**
 * The JavaScript around a bot inside its realm, as one module named `bot-sdk`. It is text, so that exactly the hashed
 * code is executed, however this file was compiled.
 */
export const KIT = [PINNED, BOUNDARY, GLOBALS, ENGINES, TIMERS, CONSOLE, DATE, LAZY, CONTEXT, MAIN].join('');

/** The kit for trials. Trials are not in any log, so it is not part of any hash. */
export const TRIAL_KIT = KIT.slice(0, -MAIN.length) + TRIAL;

/** Part of every bundle hash: another kit is another bundle. */
export const KIT_HASH = hashOf(KIT);
