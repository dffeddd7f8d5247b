import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prepare } from '../../bot-sdk/bundle.js';
import type { Language } from '../../bot-sdk/contract.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { PATIENT } from '../support/arena.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';

/** A class that posts what \`said\` is. */
const body = (said: string) =>
  `{ constructor(ctx) { this.ctx = ctx } onInit() { this.ctx.post('bot', String(${said})) } }`;
const POSTS = body(`'ok'`);

const JAVASCRIPT: Record<string, string> = {
  'a first line for a shell': `#!/usr/bin/env node\nexport default class Bot ${POSTS}`,
  'such a line with other line ends': `#!/usr/bin/env node\r\nimport { sha256 } from 'bot-sdk'\r\nexport default class Bot ${POSTS}\r\n`,
  'such a line behind a byte-order mark': `\ufeff#!/usr/bin/env node\nexport default class Bot ${POSTS}`,
  'a class in parentheses': `export default (class Bot ${POSTS})`,
  'a class without a name in parentheses': `export default (class ${body('this.constructor.name')});`,
  'a class without a name': `export default class ${body('this.constructor.name')}`,
  'a class in many parentheses, with comments': `export default /* ( */ ((class Bot ${POSTS})) /* ) */ // )`,
  'a name in parentheses': `class Bot ${POSTS}\nexport default (Bot)`,
  'a name in parentheses and what looks like a call': `class Bot ${POSTS}\nexport default (Bot)\n;[1].map((n) => n)`,
  'a name that is exported as default': `class Bot ${POSTS}\nexport { Bot as default }`,
  'a name that is exported as a text': `class Bot ${POSTS}\nexport { Bot as 'default', Bot }`,
  'a wait at the top': `const said = await Promise.resolve('ok')\nexport default class Bot ${body('said')}`,
  'a loop of waits at the top': `let said = ''; for await (const c of ['o', 'k']) said += c\nexport default class Bot ${body('said')}`,
  'a flag within a pattern': `export default class Bot ${body(`/(?i:A)b/.test('ab') && !/(?i:A)b/.test('aB') && 'ok'`)}`,
  'two groups of one name': `export default class Bot ${body(`/(?<it>no)|(?<it>ok)/.exec('ok').groups.it`)}`,
  'sets of characters': `export default class Bot ${body(`/[\\p{L}--[A-Z]]/v.test('A') || 'ok'`)}`,
  'lines that only a semicolon keeps apart, after an export': `const list = [5]\nexport { list }\n;[0].forEach((i) => list[i])\nexport default class Bot ${POSTS}`,
  'such lines after an import': `const list = [5]\nimport { sha256 } from 'bot-sdk'\n;[0].forEach((i) => list[i])\nexport default class Bot ${POSTS}`,
  'a call after the class': `export default class Bot ${POSTS}\n(() => {})()`,
  'names that are exported again': `export { sha256 as hash } from 'bot-sdk'\nexport * as sdk from 'bot-sdk'\nexport default class Bot ${POSTS}`,
};
const TYPESCRIPT: Record<string, string> = {
  'imports of types': `import type { A } from './a'\nimport { type B, sha256 } from 'bot-sdk'\nexport type { A }\nexport default class Bot ${body(`sha256('') && 'ok'`)}`,
  'a type between lines that only a semicolon keeps apart': `const L = [3, 1]\ntype C = number\n;[0, 1].forEach((i) => L[i])\nexport default class Bot ${POSTS}`,
  'an import of types between such lines': `const L = [3, 1]\nimport type { A } from './a'\n;(L as number[]).pop()\nexport default class Bot ${POSTS}`,
  'a class in parentheses that implements': `interface Plays { onInit(): void }\nexport default (class Bot implements Plays ${POSTS})`,
  'a first line for a shell': `#!/usr/bin/env ts-node\nconst n: number = 1\nexport default class Bot ${POSTS}`,
};

const PLACES: [string, () => Promise<Runner>][] = [
  ['in the embedded runner', async () => new EmbeddedRunner(1)],
  ['in a container', openDockerRunner],
];

for (const [place, open] of PLACES) {
  (open === openDockerRunner ? describeWithDocker : describe)(`A bot's module runs ${place}`, () => {
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    const FORMS: [string, Language, string][] = [
      ...Object.entries(JAVASCRIPT).map(([name, source]): [string, Language, string] => [name, 'javascript', source]),
      ...Object.entries(TYPESCRIPT).map(([name, source]): [string, Language, string] => [name, 'typescript', source]),
    ];

    test.each(FORMS)('with %s (%s)', async (name, language, source) => {
      const { effects, error } = await runner.run(executableOf(source, language), INPUT, PATIENT, NO_NETWORK);
      runner.forget(INPUT);

      const said = name.startsWith('a class without a name') ? 'default' : 'ok';
      expect(error).toBeUndefined();
      expect(effects).toMatchObject([{ body: { text: said } }]);
    });
  });
}

describe('Syntax that no engine supports is refused', () => {
  const after = (statement: string) => `const a = 1\n${statement}\nexport default class Bot ${POSTS}`;

  test.each<[string, string, Language, RegExp]>([
    ['an enum', 'enum E { A }', 'typescript', /enum is not supported.*compiled.*\(2:0\)/],
    ['a constant enum', 'const enum E { A }', 'typescript', /enum is not supported.*compiled.*\(2:0\)/],
    ['a namespace', 'namespace N { export const a = 1 }', 'typescript', /namespace .*compiled.*\(2:0\)/],
    [
      'a parameter property',
      'class A { constructor(private x: number) {} }',
      'typescript',
      /parameter property .*\(2:/,
    ],
    ['an import by require', `import x = require('y')`, 'typescript', /import equals .*\(2:0\)/],
    ['a decorator', '@sealed class A {}', 'typescript', /decorators are not supported here.*\(2:0\)/],
    ['a decorator in JavaScript', '@sealed class A {}', 'javascript', /decorators are not supported here.*\(2:0\)/],
    ['an accessor field', 'class A { accessor x = 1 }', 'javascript', /accessor fields.*\(2:/],
    ['a using declaration', '{ using a = null }', 'javascript', /using is not supported here.*\(2:2\)/],
    ['an enum in JavaScript', 'enum E { A }', 'javascript', /enum.*\(2:0\)/],
  ])('with the line number: %s', (_, statement, language, said) => {
    expect(() => prepare(after(statement), language)).toThrow(said);
  });
});
