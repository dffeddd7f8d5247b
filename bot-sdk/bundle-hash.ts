import { canonicalJson } from './canonical-json.js';
import type { Language } from './contract.js';
import { hex, sha256 } from './digest.js';

/** What is executed: the bot's module and the packages bundled for it, by the name it imports them by. */
export interface Program {
  language: Language;
  executed: string;
  className: string;
  bundled: Readonly<Record<string, string>>;
}

/** What surrounds a program: the kit's hash (kit.ts), and the engine with its version, as receipts name it. */
export interface Surroundings {
  kit: string;
  engine: string;
}

/** The hash of what runs: with the same hash, the same input gives the same output. */
export function bundleHashOf(
  { language, executed, className, bundled }: Program,
  { kit, engine }: Surroundings,
): string {
  const isPython = language === 'python';
  return hashOf(
    canonicalJson({
      executed,
      language,
      // A JavaScript module says itself which class it is; a Python harness is part of the engine.
      ...(isPython ? { class_name: className } : { kit }),
      engine,
      ...(Object.keys(bundled).length ? { bundled: { ...bundled } } : {}),
    }),
  );
}

export function hashOf(text: string): string {
  return `sha256:${hex(sha256(text))}`;
}
