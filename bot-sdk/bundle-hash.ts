import { canonicalJson } from './canonical-json.js';
import type { Language } from './contract.js';
import { hex, sha256 } from './digest.js';

/** The executed code: the bot's module and the packages bundled for it, by import name. */
export interface Program {
  language: Language;
  executed: string;
  className: string;
  bundled: Readonly<Record<string, string>>;
}

/** The environment of a program: the kit's hash (kit.ts), and the engine with its version, as in receipts. */
export interface Surroundings {
  kit: string;
  engine: string;
}

/** The hash of everything that is executed: with the same hash, the same input gives the same output. */
export function bundleHashOf(
  { language, executed, className, bundled }: Program,
  { kit, engine }: Surroundings,
): string {
  const isPython = language === 'python';
  return hashOf(
    canonicalJson({
      executed,
      language,
      // A JavaScript module exports its class; a Python harness is part of the engine.
      ...(isPython ? { class_name: className } : { kit }),
      engine,
      ...(Object.keys(bundled).length ? { bundled: { ...bundled } } : {}),
    }),
  );
}

export function hashOf(text: string): string {
  return `sha256:${hex(sha256(text))}`;
}
