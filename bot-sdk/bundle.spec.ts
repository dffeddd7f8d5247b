import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { prepare } from './bundle.js';
import { bundleHashOf } from './bundle-hash.js';
import type { Language } from './contract.js';
import { ENGINE } from './engine.js';
import { KIT_HASH } from './kit.js';
import { modulesOf } from './modules.js';

const JS = `export default class Echo { on_init() {} onMessage(msg) {} helper() {} static onTimer() {} }`;

test('The engine a bundle hash names is the one that is installed', () => {
  const { version } = createRequire(import.meta.url)('@jitl/quickjs-wasmfile-release-sync/package.json') as {
    version: string;
  };

  expect(ENGINE).toBe(`quickjs@${version}`);
});

describe('A bundle', () => {
  test('hashes the source as written', () => {
    const { codeHash, source } = prepare(JS);

    expect(source).toBe(JS);
    expect(codeHash).toBe(`sha256:${createHash('sha256').update(JS).digest('hex')}`);
  });

  const around = { kit: KIT_HASH, engine: ENGINE };

  test('has another bundle hash where something else would run', () => {
    const hash = bundleHashOf(prepare(JS), around);

    expect(bundleHashOf(prepare(JS), around)).toBe(hash);
    expect(bundleHashOf(prepare(`${JS}\n`), around)).not.toBe(hash);
    expect(bundleHashOf(prepare(JS), { ...around, engine: 'another' })).not.toBe(hash);
    expect(bundleHashOf({ ...prepare(JS), bundled: { 'big.js': 'export default 1' } }, around)).not.toBe(hash);
  });

  test.each<[Language, string, boolean]>([
    ['javascript', JS, true],
    ['typescript', 'class A { a: number = 1 }', true],
    ['python', 'class A:\n  def on_init(self):\n    pass\n', false],
  ])('has a bundle hash that depends on the kit where that surrounds it: %s', (language, source, isSurrounded) => {
    const bundle = prepare(source, language);

    const isAnother = bundleHashOf(bundle, { ...around, kit: 'another' }) !== bundleHashOf(bundle, around);

    expect(isAnother).toBe(isSurrounded);
  });

  test('has the hash of the class that is the bot, where the source does not say which it is', () => {
    const source = 'class A: pass\nclass B: pass\n';
    const [a, b] = ['A', 'B'].map((name) => bundleHashOf(prepare(source, 'python', name), around));

    expect(a).not.toBe(b);
  });

  test('keeps its bundle hash from one version of the server to the next, while kit and engine stay', () => {
    const [kit, engine, className, bundled] = ['sha256:kit', 'quickjs@0', 'A', {}];
    const hash = bundleHashOf(
      { executed: 'export default class A {}', language: 'javascript', className, bundled },
      { kit, engine },
    );

    expect(hash).toBe('sha256:822524158c04bd330812b3aaf2f3674d9c52c69980d61450fb29ecfb15fff647');
  });

  test('finds the hooks in either spelling, and nothing else', () => {
    expect(prepare(JS).hooks).toEqual(['on_init', 'on_message']);
  });

  test('finds hooks of a parent in the same file, and hooks that are fields', () => {
    const { hooks } = prepare(
      `class Base { onJoin() {} } export default class Bot extends Base { onTimer = () => {} }`,
    );

    expect(hooks).toEqual(['on_join', 'on_timer']);
  });

  test.each([
    ['the exported class', `class A {} export default class B {}`, undefined, 'B'],
    ['the class that is exported by name', `class A {} class B {} export default B`, undefined, 'B'],
    ['the class exported as default', `class A {} class B {} export { B as default }`, undefined, 'B'],
    ['the class exported as "default"', `class A {} class B {} export { B as "default" }`, undefined, 'B'],
    ['else the class named like the bot', `class A {} class B {}`, 'B', 'B'],
    ['else the first class', `class A {} class B {}`, 'Other', 'A'],
    ['the class with hooks, after its helpers', `class Card {} class Game { onMessage() {} }`, undefined, 'Game'],
    [
      'the class that extends one with hooks',
      `class Base { onInit() {} } class Game extends Base {}`,
      undefined,
      'Game',
    ],
    ['a class in a constant', `const A = class {}`, undefined, 'A'],
    ['an exported class without a name', `export default class {}`, undefined, 'Bot'],
  ])('takes %s', (_, source, name, className) => {
    expect(prepare(source, 'javascript', name).className).toBe(className);
  });

  test.each([
    [
      'after its helpers',
      'class Card:\n    pass\n\nclass Game:\n    def on_message(self, msg):\n        pass\n',
      ['on_message'],
    ],
    [
      'that extends one with hooks',
      'class Base:\n    def on_init(self):\n        pass\n\nclass Game(Base):\n    def on_join(self, player):\n        pass\n',
      ['on_init', 'on_join'],
    ],
  ])('takes the Python class with hooks, %s', (_, source, hooks) => {
    expect(prepare(source, 'python')).toMatchObject({ className: 'Game', hooks });
  });

  test('gets a default export where there is none', () => {
    expect(prepare('class A {}').executed).toBe('class A {}\nexport default A;\n');
    expect(prepare('const A = class B {}').executed).toBe('const A = class B {}\nexport default A;\n');
    expect(prepare(JS).executed).toBe(JS);
  });

  test('blanks types out and moves nothing', () => {
    const source = `interface State { n: number }\nexport default class Bot {\n  onInit(): void { const n = 1 as number; }\n}`;

    const { language, executed } = prepare(source);

    expect(language).toBe('typescript');
    expect(executed.split('\n').map((line) => line.trim())).toEqual([
      '',
      'export default class Bot {',
      'onInit()       { const n = 1          ; }',
      '}',
    ]);
  });

  test('knows Python when it sees it, and reads its outlines', () => {
    const source = `import json, re as r\nfrom math import floor\n\nclass EchoBot:\n    def __init__(self, ctx, params):\n        self.url = "https://api.example.org/x"\n    def on_message(self, msg):\n        pass\n`;

    expect(prepare(source)).toMatchObject({
      language: 'python',
      className: 'EchoBot',
      hooks: ['on_message'],
      imports: ['json', 'math', 're'],
      hosts: ['api.example.org'],
      executed: source,
    });
  });

  test('is not Python for what a comment says', () => {
    expect(prepare(`/*\nclass Echo:\n  def a(self):\n*/\n${JS}`).language).toBe('javascript');
  });

  test('can be long and flat', () => {
    expect(prepare(`const list = [${'1,'.repeat(200_000)}];\n${'list;\n'.repeat(50_000)}${JS}`).className).toBe('Echo');
  });

  test('names the hosts and modules that are in the code', () => {
    const source = `import { sha256 } from 'bot-sdk';
      export default class Bot { onInit() { import('node:child_process'); return ['https://API.example.org/v2', \`https://b.example.org/\${1}\`, 'http://plain.org'] } }`;

    expect(prepare(source)).toMatchObject({
      imports: ['bot-sdk', 'node:child_process'],
      hosts: ['api.example.org', 'b.example.org'],
    });
  });

  test('does not take comments for code', () => {
    expect(prepare(`// https://evil.example.org import('x')\n${JS}`)).toMatchObject({ imports: [], hosts: [] });
  });
});

describe('What is no bot', () => {
  test.each([
    ['no class', 'const a = 1', 'NO_CLASS'],
    ['a default that is a whole module', `export * as default from 'bot-sdk'; class A {}`, 'NO_CLASS'],
    ['a default of another module', `class sha256 {} export { sha256 as default } from 'bot-sdk'`, 'NO_CLASS'],
    ['an exported function', 'class A {} export default function f() {}', 'NO_CLASS'],
    ['nothing', '', 'NO_CLASS'],
    ['neither language', 'this is not code', 'SYNTAX'],
    ['types that are more than types', 'enum A { B } export default class Bot {}', 'SYNTAX'],
    ['nesting without end', `${'('.repeat(100_000)}`, 'SYNTAX'],
    ['half a surrogate pair', `export default class Bot { a = '\ud800' }`, 'SYNTAX'],
  ])('is refused: %s', (_, source, reason) => {
    expect(() => prepare(source)).toThrow(expect.objectContaining({ reason }));
  });

  test.each([
    ['JavaScript', 'export default class A {\n  onInit( {}\n}', /^Unexpected token \(3:0\)$/],
    ['JavaScript that ends too early', 'class {', /^Unexpected token \(1:6\)$/],
    ['JavaScript that TypeScript would read on', 'let a = 1;\nlet a = 2;', /has already been declared \(2:4\)$/],
    ['no code', 'this is not code', /^Unexpected token \(1:5\)$/],
    ['types that run', 'class A {}\n  enum B { C }', /^TypeScript enum is not supported .* \(2:2\)$/],
    ['TypeScript with a mistake', 'class A { a: number = 1;\n  onInit( {}\n}', /^Expected .* \(3:0\)$/],
  ])('is refused with the place: %s', (_, source, detail) => {
    expect(() => prepare(source)).toThrow(
      expect.objectContaining({ reason: 'SYNTAX', detail: expect.stringMatching(detail) }),
    );
  });

  test.each([`import fs from 'node:child_process';`, `export * from 'node:child_process';`, `import './other.js';`])(
    'is refused: %s',
    (line) => {
      expect(() => prepare(`${line} class A {}`)).toThrow(
        expect.objectContaining({ reason: 'MODULE_NOT_ALLOWED', allowed: [...modulesOf('javascript')] }),
      );
    },
  );

  test('is refused: another language', () => {
    expect(() => prepare('10 PRINT', 'basic' as 'python')).toThrow(
      expect.objectContaining({ reason: 'LANGUAGE_UNSUPPORTED' }),
    );
  });

  test.each(['(', '!', 'a=>', 'a?b:', 'let x: [', 'let x: A<'])(
    'leaves the reader whole, though it is %s without end',
    (piece) => {
      expect(() => prepare(piece.repeat(100_000))).toThrow(expect.objectContaining({ reason: 'SYNTAX' }));

      expect(prepare('class A { a: number = 1 }').language).toBe('typescript');
    },
  );

  test.each([
    ['class a', ' '],
    ['import a', ' '],
    ['from a', '\t'],
    [':', ' '],
  ])('is read in time, though %j is followed by many %j', (start, filler) => {
    const begin = performance.now();

    expect(() => prepare(`${start}${filler.repeat(300_000)}x y`)).toThrow(expect.objectContaining({ name: 'Error' }));
    // Seconds where it is linear on any machine, hours where it is not.
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});
