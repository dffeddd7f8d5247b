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

test('The engine that a bundle hash names is the installed one', () => {
  const { version } = createRequire(import.meta.url)('@jitl/quickjs-wasmfile-release-sync/package.json') as {
    version: string;
  };

  expect(ENGINE).toBe(`quickjs@${version}`);
});

describe('A bundle', () => {
  test('contains the hash of the source as written', () => {
    const { codeHash, source } = prepare(JS);

    expect(source).toBe(JS);
    expect(codeHash).toBe(`sha256:${createHash('sha256').update(JS).digest('hex')}`);
  });

  const around = { kit: KIT_HASH, engine: ENGINE };

  test('has another bundle hash if something else would be executed', () => {
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
  ])('has a bundle hash that depends on the kit if the kit is used: %s', (language, source, isSurrounded) => {
    const bundle = prepare(source, language);

    const isAnother = bundleHashOf(bundle, { ...around, kit: 'another' }) !== bundleHashOf(bundle, around);

    expect(isAnother).toBe(isSurrounded);
  });

  test('has a bundle hash that depends on the chosen class if the source does not determine it', () => {
    const source = 'class A: pass\nclass B: pass\n';
    const [a, b] = ['A', 'B'].map((name) => bundleHashOf(prepare(source, 'python', name), around));

    expect(a).not.toBe(b);
  });

  test('keeps its bundle hash across versions of the server with the same kit and engine', () => {
    const [kit, engine, className, bundled] = ['sha256:kit', 'quickjs@0', 'A', {}];
    const hash = bundleHashOf(
      { executed: 'export default class A {}', language: 'javascript', className, bundled },
      { kit, engine },
    );

    expect(hash).toBe('sha256:822524158c04bd330812b3aaf2f3674d9c52c69980d61450fb29ecfb15fff647');
  });

  test('finds the hooks in either spelling, and no other methods', () => {
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
    [
      'the class that speaks of ctx, where none shows hooks',
      `class Card {} class Game { constructor(ctx) { this.ctx = ctx; } ['on' + 'Init']() {} }`,
      undefined,
      'Game',
    ],
    [
      'the class whose prototype is changed',
      `class Card {} class Game {} Object.assign(Game.prototype, mixin());`,
      undefined,
      'Game',
    ],
    ['an exported class that a call makes', `const Base = class {}; export default mixed(Base)`, undefined, 'Bot'],
    ['a class that a call makes, exported by name', `class A {} const B = mixed(A); export default B`, undefined, 'B'],
    ['an exported class without a name', `export default class {}`, undefined, 'Bot'],
  ])('chooses %s', (_, source, name, className) => {
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
  ])('chooses the Python class with hooks, %s', (_, source, hooks) => {
    expect(prepare(source, 'python')).toMatchObject({ className: 'Game', hooks });
  });

  test('gets a default export if it has none', () => {
    expect(prepare('class A {}').executed).toBe('class A {}\nexport default A;\n');
    expect(prepare('const A = class B {}').executed).toBe('const A = class B {}\nexport default A;\n');
    expect(prepare(JS).executed).toBe(JS);
  });

  test('replaces types by spaces, so that nothing moves', () => {
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

  test('recognises Python, and reads its class, hooks and imports', () => {
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

  test.each([
    [
      'after a text that holds another',
      '"""Once there was\nclass MyBot:\n    def on_init(self): pass\n"""\nTEXT = \'\'\'\nclass Other:\n  def on_join(self, p): pass\n\'\'\'\nclass Real:\n    def on_message(self, msg):\n        pass\n',
      'Real',
      ['on_message'],
    ],
    [
      'with a base that is given a type',
      'class Table(Generic[T]):\n    def on_init(self): pass\nclass Mine(Table[int]):\n    def on_message(self, msg): pass\n',
      'Mine',
      ['on_init', 'on_message'],
    ],
    [
      'with bases over several lines',
      'class A:\n    def on_init(self): pass\nclass B:\n    def on_join(self, p): pass\nclass Mine(\n    A,\n    B,  # (the second)\n    metaclass=type,\n):\n    pass\n',
      'Mine',
      ['on_init', 'on_join'],
    ],
    [
      'that is decorated',
      '@register(\n  "class X:"\n)\nclass Mine:\n    @staticmethod\n    def on_message(msg): pass\n',
      'Mine',
      ['on_message'],
    ],
    [
      'under a condition',
      'try:\n    import x\nexcept ImportError:\n    class Mine:\n        def on_message(self, msg): pass\n',
      'Mine',
      ['on_message'],
    ],
    [
      'and not one inside another, or inside a function',
      'def make():\n    class Hidden:\n        def on_join(self, p): pass\nclass Mine:\n    class Inner:\n        def on_leave(self, p): pass\n    def on_message(self, msg): pass\n',
      'Mine',
      ['on_message'],
    ],
    [
      'whose line goes on',
      'class Mine \\\n  (object) \\\n  :\n    def on_message(self, msg): pass\n',
      'Mine',
      ['on_message'],
    ],
    ['with type parameters', 'class Mine[T](object):\n    def on_message(self, msg): pass\n', 'Mine', ['on_message']],
    [
      'that is given its hooks',
      'def take(self, msg): pass\nclass Card: pass\nclass Mine:\n    on_message = take\n    on_init, on_join = take, take\n    def __init__(self, ctx, params):\n        self.on_leave: int = take\nMine.on_timer = take\nsetattr(Mine, "on_event", take)\n',
      'Mine',
      ['on_init', 'on_join', 'on_leave', 'on_message', 'on_timer', 'on_event'],
    ],
    [
      'that speaks of ctx, where none shows hooks',
      'class Card:\n    pass\nclass Mine:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n',
      'Mine',
      [],
    ],
    ['that a function makes', 'SIZE = len("x")\nBot = type("Bot", (object,), {})\n', 'Bot', []],
    ['behind a byte-order mark', '\uFEFFclass Mine:\n    def on_message(self, msg): pass\n', 'Mine', ['on_message']],
    [
      'in lines that end as on Windows',
      '"""class A:\r\n"""\r\nclass Mine:\r\n    def on_message(self, msg):\r\n        pass\r\n',
      'Mine',
      ['on_message'],
    ],
  ])('chooses the Python class %s', (_, source, className, hooks) => {
    const read = prepare(source);

    expect(read).toMatchObject({ language: 'python', className, hooks });
    expect(read.executed).toBe(source.replace('\uFEFF', ''));
    expect(read.codeHash).toBe(prepare(source, 'python').codeHash);
  });

  test('lists what Python imports, and ignores texts and comments', () => {
    const source = `"""\nimport socket\n"""\n# import ssl\nimport json, re as r; import urllib.parse\nif True:\n    from math import (floor,\n      ceil)\nclass A:\n    def on_init(self):\n        import hmac\n`;

    expect(prepare(source).imports).toEqual(['hmac', 'json', 'math', 're', 'urllib']);
  });

  test('is not recognised as Python because of a comment', () => {
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

  test('ignores comments', () => {
    expect(prepare(`// https://evil.example.org import('x')\n${JS}`)).toMatchObject({ imports: [], hosts: [] });
  });
});

describe('Sources that are not a bot', () => {
  test.each([
    ['no class', 'const a = 1', 'NO_CLASS'],
    ['a default that is a whole module', `export * as default from 'bot-sdk'; class A {}`, 'NO_CLASS'],
    ['a default of another module', `class sha256 {} export { sha256 as default } from 'bot-sdk'`, 'NO_CLASS'],
    ['an exported function', 'class A {} export default function f() {}', 'NO_CLASS'],
    ['nothing', '', 'NO_CLASS'],
    ['a comment of JavaScript', '// class A {}', 'NO_CLASS'],
    ['a comment of Python', '# class A: pass', 'NO_CLASS'],
    ['a text of Python', '"""\nclass A:\n    pass\n"""', 'NO_CLASS'],
    ['Python without a class', 'import json\nprint(json.dumps(1))', 'NO_CLASS'],
    ['Python whose class is in a function', 'def f():\n    class A: pass', 'NO_CLASS'],
    ['Python that is nested too deeply', `class A:\n    x = ${'['.repeat(300)}${']'.repeat(300)}\n`, 'SYNTAX'],
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
  ])('is refused with the position: %s', (_, source, detail) => {
    expect(() => prepare(source)).toThrow(
      expect.objectContaining({ reason: 'SYNTAX', detail: expect.stringMatching(detail) }),
    );
  });

  test.each([
    'module.exports = class A { onInit() {} };',
    'const a = 1;\n  exports.default = class {};',
    'module.exports.A = class {}',
  ])('gets an error that says what to write instead: %s', (source) => {
    expect(() => prepare(source)).toThrow(/NO_CLASS: .*There is no module\.exports here: write export default/);
  });

  test('gets the same error in every language', () => {
    const told = ['// nothing', '# nothing', '"""nothing"""', '/** nothing */'].map((source) => {
      try {
        return prepare(source).className;
      } catch (error) {
        return (error as Error).message;
      }
    });

    expect(new Set(told)).toEqual(new Set(['NO_CLASS: a bot is one class: export it, or put it at the top level']));
  });

  test.each([`import fs from 'node:child_process';`, `export * from 'node:child_process';`, `import './other.js';`])(
    'is refused: %s',
    (line) => {
      expect(() => prepare(`\r\n${line} class A {}`)).toThrow(
        expect.objectContaining({
          reason: 'MODULE_NOT_ALLOWED',
          detail: expect.stringMatching(/^a bot cannot import .* \(line 2\)$/),
          allowed: [...modulesOf('javascript')],
        }),
      );
    },
  );

  test.each<[source: string, language: Language, lines: Record<string, number>]>([
    [`import 'zod';\nawait import('chess.js');\nimport 'zod';\nclass A {}`, 'javascript', { zod: 1, 'chess.js': 2 }],
    [`class A { async onInit() {\n await import(\n'zo' + 'd'); } }`, 'javascript', { '': 2 }],
    [`class A { async onInit() {\n await import('zo' + 'd'); await import('x' + 1); } }`, 'javascript', {}],
    [`type T = {\n a: 1 };\nimport { z } from 'zod';\nclass A {}`, 'typescript', { zod: 3 }],
    [
      '# import os\nx = "import os"\r\nimport json, re\rclass A:\n  from os import path',
      'python',
      { json: 3, re: 3, os: 5 },
    ],
  ])('is read with the lines of its imports: %j', (source, language, lines) => {
    expect(Object.fromEntries(prepare(source, language).importLines)).toEqual(lines);
  });

  test('is refused: another language', () => {
    expect(() => prepare('10 PRINT', 'basic' as 'python')).toThrow(
      expect.objectContaining({ reason: 'LANGUAGE_UNSUPPORTED' }),
    );
  });

  test.each(['(', '!', 'a=>', 'a?b:', 'let x: [', 'let x: A<'])(
    'that is %s without end does not damage the reader',
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
  ])('is read in linear time if %j is followed by many %j', (start, filler) => {
    const begin = performance.now();

    expect(() => prepare(`${start}${filler.repeat(300_000)}x y`)).toThrow(expect.objectContaining({ name: 'Error' }));
    // Seconds if the parser is linear, hours if it is not.
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});
