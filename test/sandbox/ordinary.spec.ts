import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import type { Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { PATIENT } from '../support/arena.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';
import { JAVASCRIPT } from './ordinary-javascript.js';
import { PROGRAMS } from './ordinary-programs.js';
import { TYPESCRIPT } from './ordinary-typescript.js';

/** So many constructs have no more to say than a run keeps of its logs. */
const PORTION = 60;
const MARK = '@@@ ';

/** Each does one thing under its name, and a failure of one leaves the others alone. */
const codeOf = (construct: string | readonly [string, string]) =>
  typeof construct === 'string' ? construct : construct[0];
const constructs = (table: Record<string, string | readonly [string, string]>) =>
  Object.entries(table).map(([name, construct]) => [name, codeOf(construct)] as const);
const programs = Object.entries(PROGRAMS).map(
  ([name, { source, className, lines }]) =>
    [
      name,
      `${source}\nconst it = new ${className}(); for (const line of ${JSON.stringify(lines)}) { console.log('> ' + line); await it.take(line); }`,
    ] as const,
);

type Cases = readonly (readonly [name: string, code: string])[];

const bodyOf = (cases: Cases) =>
  cases
    .map(
      ([name, code]) =>
        `console.log(${JSON.stringify(MARK + name)}); await (async () => {\n${code}\n})().catch((error) => console.log('threw', String(error)));`,
    )
    .join('\n');

const botOf = (cases: Cases) => `export default class Bot { async onInit() {\n${bodyOf(cases)}\n} }`;

function split(printed: string): Record<string, string> {
  const parts = printed.split(MARK).slice(1);
  return Object.fromEntries(
    parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1).trimEnd()]),
  );
}

/** What plain Node prints. */
function inNode(cases: Cases, language: Language): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'ordinary-'));
  try {
    const file = join(folder, 'program.mjs');
    const source = language === 'typescript' ? withoutTypes(bodyOf(cases)) : bodyOf(cases);
    // A bot's log has no second stream.
    writeFileSync(file, `console.error = console.warn = console.log;\n${source}`);
    const env = { PATH: process.env.PATH, TZ: 'UTC', LANG: 'en_US.UTF-8', NO_COLOR: '1' };
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return split(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const withoutTypes = (source: string) =>
  transformSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
    isModule: true,
  }).code;

function portions(cases: Cases): Cases[] {
  const all: Cases[] = [];
  for (let i = 0; i < cases.length; i += PORTION) all.push(cases.slice(i, i + PORTION));
  return all;
}

async function inRunner(runner: Runner, cases: Cases, language: Language): Promise<Record<string, string>> {
  const printed: string[] = [];
  for (const portion of portions(cases)) {
    const result = await runner.run(executableOf(botOf(portion), language), INPUT, PATIENT, NO_NETWORK);
    runner.forget(INPUT);
    expect(result).toMatchObject({ outcome: 'ok' });
    printed.push(...result.logs);
  }
  return split(printed.join('\n'));
}

const KINDS: [kind: string, Cases, Language][] = [
  ['JavaScript', constructs(JAVASCRIPT), 'javascript'],
  ['JavaScript that is called TypeScript', constructs(JAVASCRIPT), 'typescript'],
  ['TypeScript', constructs(TYPESCRIPT), 'typescript'],
  ['whole programs', programs, 'javascript'],
];
const PLACES: [string, () => Promise<Runner>][] = [
  ['in the embedded runner', async () => new EmbeddedRunner(1)],
  ['in a container', openDockerRunner],
];

for (const [place, open] of PLACES) {
  (open === openDockerRunner ? describeWithDocker : describe)(
    `Ordinary code ${place} prints what it prints in Node`,
    () => {
      let runner: Runner;
      beforeAll(async () => {
        runner = await open();
      });
      afterAll(() => runner.close());

      describe.each(KINDS)('%s', (_, cases, language) => {
        let expected: Record<string, string>;
        let printed: Record<string, string>;
        beforeAll(async () => {
          // What only a newer Node knows says itself what it prints.
          const known = cases.filter(([name]) => typeof (JAVASCRIPT[name] ?? '') === 'string');
          const told = Object.entries(JAVASCRIPT).flatMap(([name, it]) =>
            typeof it === 'string' ? [] : [[name, it[1]]],
          );
          expected = { ...Object.fromEntries(told), ...inNode(known, language) };
          printed = await inRunner(runner, cases, language);
        });

        test.each(cases.map(([name]) => name))('%s', (name) => {
          expect(printed[name]).toBe(expected[name]);
          expect(printed[name]).not.toBe('');
        });
      });
    },
  );
}

test('The number of programs is large enough', () => {
  expect(Object.keys(JAVASCRIPT).length).toBeGreaterThanOrEqual(100);
  expect(Object.keys(JAVASCRIPT).length + Object.keys(TYPESCRIPT).length).toBeGreaterThanOrEqual(150);
  expect(Object.keys(PROGRAMS).length).toBeGreaterThanOrEqual(7);
});
