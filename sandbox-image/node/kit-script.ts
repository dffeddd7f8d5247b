import { KIT, TRIAL_KIT } from '../../bot-sdk/kit.js';

/** The exports of a module, by name. */
export type Exports = Record<string, unknown>;

/**
 * Starts the kit in its context. `load` receives the exports of `bot-sdk`; `lend` runs a library of the kit in the
 * context.
 */
export type Kit = (
  load: (sdk: Exports, newExports: () => Exports) => { module: unknown; exports: Exports; imported: Exports },
  lend: (library: string) => unknown,
) => void;

/**
 * The kit as a script (see module-script.ts). It gets the bot from `load` instead of an import, and starts it itself,
 * so that no promise of the realm reaches the host.
 */
export const KIT_SCRIPT = scriptOf(KIT);
export const TRIAL_SCRIPT = scriptOf(TRIAL_KIT);

function scriptOf(kit: string): string {
  return `(function(load,lend){'use strict';
const newExports = () => ({ __proto__: null });
function lent(name) {
  try { return lend(name); } catch (error) { throw isForeign(error) ? new RangeError('Maximum call stack size exceeded') : error; }
}
async function loadBot() {
  const { module, exports, imported } = load(sdk, newExports);
  await module(exports, imported);
  return exports;
}
${edited(kit, [
  [/^export (\{[^}]*\});$/m, 'const sdk = { __proto__: null, ...$1 };'],
  [/await import\('bot'\)/, 'await loadBot()'],
  // Code cannot be created from text here, so the harness runs the library as a separate script.
  [/evaluate\(ask\('library', quote\(name\)\)\)/, 'lent(name)'],
])}
})`;
}

function edited(text: string, edits: readonly [RegExp, string][]): string {
  return edits.reduce((result, [pattern, by]) => {
    if (!pattern.test(result)) throw new Error(`the kit has no ${pattern}`);
    return result.replace(pattern, by);
  }, text);
}
