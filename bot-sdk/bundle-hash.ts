import { canonicalJson } from './canonical-json.js';
import type { Language } from './contract.js';
import { hex, sha256 } from './digest.js';

/** Everything that is executed. Python runs in a container, which its receipt names instead of a kit and an engine. */
export interface Executed {
  executed: string;
  language: Language;
  /** The hash of the kit (kit.ts). */
  kit: string;
  engine: string;
}

/** The hash of what runs. For Python it does not depend on kit and engine. */
export function bundleHashOf({ executed, language, kit, engine }: Executed): string {
  return hashOf(canonicalJson({ executed, language, ...(language === 'python' ? {} : { kit, engine }) }));
}

export function hashOf(text: string): string {
  return `sha256:${hex(sha256(text))}`;
}
