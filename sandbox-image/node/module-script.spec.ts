import vm from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { moduleScript, packageScript } from './module-script.js';

/** The exports of a module that is run as a script. */
async function exportsOf(source: string, imported: object = {}) {
  const exports: Record<string, unknown> = {};
  await new vm.Script(moduleScript(source).code).runInThisContext()(exports, imported);
  return exports;
}

describe('A module as a script', () => {
  test.each([
    ['a named class', 'export default class Bot {}\nBot.a = 1;', (e: Made) => e.default.a],
    ['a class without a name', 'export default class { static a = 1 }\n[2].map((x) => x)', (e: Made) => e.default.a],
    ['a function without a name', 'export default function () { return 1 }\n(() => {})()', (e: Made) => e.default()],
    ['an expression', 'export default 1', (e: Made) => e.default],
    ['names', 'const a = 1; export { a as default, a as "b c" }', (e: Made) => e['b c'] * e.default],
    ['a declaration', 'export class A { static a = 1 } export const b = A.a;', (e: Made) => e.default ?? 1],
    ['what it awaits', 'const a = await Promise.resolve(1); export { a as default }', (e: Made) => e.default],
  ])('exports %s', async (_, source, seen) => {
    expect(seen(await exportsOf(source))).toBe(1);
  });

  test('supports every form of import', async () => {
    const source = `import d, { a as b } from 'x'; import * as all from 'x'; import 'y';\nexport default [d, b, all.a];`;

    expect(moduleScript(source).imports).toEqual([
      { module: 'x', names: ['default', 'a'] },
      { module: 'x', names: ['*'] },
      { module: 'y', names: [] },
    ]);
    expect(await exportsOf(source, { x: { default: 1, a: 2 }, y: {} })).toEqual({ default: [1, 2, 2] });
  });

  test('keeps line numbers', () => {
    const source = `import {\n  a,\n} from 'x';\nexport default class {\n  b() {}\n}\n`;

    const lines = moduleScript(source).code.split('\n');

    expect(lines[4]).toBe('  b() {}');
    expect(lines.length).toBe(source.split('\n').length + 1);
  });

  test('is strict, has no this and an empty import.meta', async () => {
    expect(await exportsOf('export default [this, Object.keys(import.meta), (function () { return this })()]')).toEqual(
      {
        default: [undefined, [], undefined],
      },
    );
  });

  test('hides no code in what only a script takes for a comment', async () => {
    const source =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the template belongs to the bot's source
      'let a = 1, b = 1, c = `${a}<!-- x`;\na<!--b; /*\nc = import("node:fs");\n*/ export default [a, b, c, "<!--"];';

    expect(await exportsOf(source)).toEqual({ default: [1, 0, '1<!-- x', '<!--'] });
  });

  test.each(['export default class {', 'class A {} -->', 'a b', 'return 1'])(
    'is refused if the source is no module: %s',
    (source) => {
      expect(() => moduleScript(source)).toThrow(SyntaxError);
    },
  );
});

describe('A bundled package as a script', () => {
  test.each([
    ['/* x 1 */\nvar a=1;export{a as default,a as b};\n', { default: 1, b: 1 }],
    ['var a=1;export{a};', { a: 1 }],
    ['var a=1;export{};', {}],
  ])('%s', (source, expected) => {
    const exports = {};
    new vm.Script(packageScript(source)).runInThisContext()(exports);

    expect(exports).toEqual(expected);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the type of the module's exports is unknown
type Made = Record<string, any>;
