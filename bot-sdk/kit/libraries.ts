import { INSPECT } from './libraries/inspect.js';
import { LOCALE } from './libraries/locale.js';
import { TEXT } from './libraries/text.js';
import { URLS } from './libraries/urls.js';

/**
 * Parts of the kit that most hooks do not need, each a script whose value is an object. The kit loads one when a bot
 * first uses it, so that other hooks do not spend time on it.
 */
export const LIBRARIES: Readonly<Record<string, string>> = { inspect: INSPECT, locale: LOCALE, text: TEXT, urls: URLS };
