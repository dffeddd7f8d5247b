import type { Hook } from './contract.js';

/** Facts about a source, found without running it. */
export interface SourceFacts {
  /** The executed code: without types, and with a default export. Python is unchanged. */
  executed: string;
  className: string;
  /** The hooks of the bot's class. */
  hooks: Hook[];
  /** Imported modules, static or dynamic. */
  imports: string[];
  /** The line of the first import of each module; the key '' is an import() with a computed name. */
  importLines: ReadonlyMap<string, number>;
  /** The names imported from each npm package; `*` for all of them. */
  packages: Record<string, string[]>;
  /**
   * Whether it imports modules while it runs; the shared process cannot allow that without exposing objects of the
   * host.
   */
  importsDynamically: boolean;
  /** The hosts of https URLs in the code, with their port if it is given. */
  hosts: string[];
}
