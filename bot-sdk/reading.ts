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
  /** Hosts of the https URLs written in the code. */
  hosts: string[];
}
