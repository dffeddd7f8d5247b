import { KIT } from '../../bot-sdk/kit.js';

/** What a module exports, by name. */
export type Exports = Record<string, unknown>;

/** Starts the kit in its context. `load` is told what `bot-sdk` exports. */
export type Kit = (
  load: (sdk: Exports, newExports: () => Exports) => { module: unknown; exports: Exports; imported: Exports },
) => void;

/**
 * The kit as a script (module-script.ts says why). It gets the bot from `load` instead of importing it, and starts it itself,
 * so that no promise of the realm's ever reaches the host.
 */
export const KIT_SCRIPT = `(function(load){'use strict';
const newExports = () => ({ __proto__: null });
async function loadBot() {
  const { module, exports, imported } = load(sdk, newExports);
  await module(exports, imported);
  return exports;
}
${edited(KIT, [
  [/^export (\{[^}]*\});$/m, 'const sdk = { __proto__: null, ...$1 };'],
  [/await import\('bot'\)/, 'await loadBot()'],
])}
})`;

function edited(text: string, edits: readonly [RegExp, string][]): string {
  return edits.reduce((result, [pattern, by]) => {
    if (!pattern.test(result)) throw new Error(`the kit has no ${pattern}`);
    return result.replace(pattern, by);
  }, text);
}
