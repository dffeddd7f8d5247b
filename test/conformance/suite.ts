import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, startTool, toolFile } from '../support/tools.js';

const PACKAGE = '@modelcontextprotocol/conformance';

export type Revision = '2025-11-25' | '2026-07-28';

export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly description: string;
  readonly errorMessage?: string;
}

export const startSuite = (...parameters: string[]): Running => startTool(`${PACKAGE}/dist/index.js`, parameters);

/** Every scenario that a revision has for servers: those it requires, and those that the suite runs without a score. */
export function scenariosOf(revision: Revision): string[] {
  const text = toolFile(`${PACKAGE}/requirements/${revision}.yaml`);
  const required = /^server:\n((?: {2}- .*\n)*)/m.exec(text)?.[1] ?? '';
  const others = text.matchAll(/^ {2}- scenario: (.*)\n {4}leg: server$/gm);
  return [...itemsOf(required), ...[...others].map(([, name]) => name as string)];
}

/** What is known to be missing, of a file in the suite's own form: the server does not offer it, and says there why. */
export const baseline = (file: string): string[] => itemsOf(readFileSync(file, 'utf8'));

/** The checks of each scenario of a finished run, from the folder that it wrote. */
export function resultsIn(folder: string): Map<string, Check[]> {
  const results = readdirSync(folder).map((entry): [string, Check[]] => {
    const scenario = entry.replace(/^(authorization-)?server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
    return [scenario, JSON.parse(readFileSync(join(folder, entry, 'checks.json'), 'utf8'))];
  });
  return new Map(results);
}

/** What a scenario has against the server. It counts as well that it looked at nothing: the form of messages it always has. */
export function complaints(checks: readonly Check[] = []): string[] {
  const faults = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
  const isSilent = !checks.some(({ id, status }) => status === 'SUCCESS' && id !== 'wire-schema-valid');
  return [
    ...faults.map(({ id, description, errorMessage }) => `${id}: ${errorMessage ?? description}`),
    ...(isSilent ? ['nothing was checked'] : []),
  ];
}

const itemsOf = (yaml: string) => [...yaml.matchAll(/^ {2}- ([\w:-]+)/gm)].map(([, item]) => item as string);
