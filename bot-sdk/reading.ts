import type { Hook } from './contract.js';

/** What a source shows without being run. */
export interface Reading {
  /** What really runs: types stripped, a default export appended where there is none. Python runs as written. */
  executed: string;
  className: string;
  /** The hooks found on the class. */
  hooks: Hook[];
  /** Modules named by imports, static or dynamic. */
  imports: string[];
  /** The names taken from each imported npm package; `*` for all of them. */
  packages: Record<string, string[]>;
  /** Whether it asks for modules while it runs, which cannot be answered without lending it something of the host's. */
  importsDynamically: boolean;
  /** Hosts of the https URLs written in the code, with their port where one is named. */
  hosts: string[];
}
