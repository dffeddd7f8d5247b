import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_NETWORK, type Runner } from '../../src/runtime/runner.js';
import { PATIENT } from '../support/arena.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf, INPUT, sourceOf } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';

const PLACES: [string, () => Promise<Runner>][] = [
  ['in the embedded runner', async () => new EmbeddedRunner(1)],
  ['in a container', openDockerRunner],
];
const THROWS = 'new Proxy({}, { get() { throw 1 }, ownKeys() { throw 1 }, getPrototypeOf() { throw 1 } })';

for (const [place, open] of PLACES) {
  (open === openDockerRunner ? describeWithDocker : describe)(`Logs ${place}`, () => {
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    const run = async (body: string) => {
      const bot = executableOf(sourceOf('javascript', `${body}\nctx.post('bot', 'done');`), 'javascript');
      const result = await runner.run(bot, INPUT, PATIENT, NO_NETWORK);
      runner.forget(INPUT);
      expect(result.error).toBeUndefined();
      expect(result.effects).toMatchObject([{ body: { text: 'done' } }]);
      return result.logs;
    };

    test.each([
      ['many lines', `for (let i = 0; i < 60000; i++) console.log(i);`, 55_000],
      ['many empty lines', `for (let i = 0; i < 60000; i++) console.log();`, 55_000],
      ['many lines beyond ASCII', `for (let i = 0; i < 20000; i++) console.log('é€😀 ' + i);`, 15_000],
      ['large lines', `for (let i = 0; i < 40; i++) console.log('x'.repeat(1e6));`, 40],
      ['many objects', `const a = { b: [1, { c: 2 }] }; for (let i = 0; i < 20000; i++) console.log(a);`, 15_000],
      [
        'many lines by every name',
        `for (let i = 0; i < 9000; i++) { console.error(i); console.table(i); console.dir([i]); ctx.log(i); }`,
        30_000,
      ],
    ])('are cut and counted: %s', async (_, body, atLeast) => {
      const logs = await run(body);

      const [, count] = /^… (\d+) lines cut/.exec(logs.at(-1) ?? '') ?? [];
      expect(Number(count)).toBeGreaterThanOrEqual(atLeast);
      expect(Buffer.byteLength(logs.join('\n'))).toBeLessThan(PATIENT.logBytes + 100);
    });

    test('contain what is not text, whatever it is', async () => {
      const logs = await run(`const cycle = { a: 1 }; cycle.me = cycle; cycle.list = [cycle];
        console.log(cycle); console.log(10n, Symbol('s'), undefined, null, -0, NaN); console.log(() => 1, class A {}, new Map([[1, {}]]), new Set(), new Date(0), /x/);
        console.log({ get a() { throw 1 } }); console.log('half \\ud800'); console.log(Object.create(null)); console.log('%s %d', 'a');`);

      expect(logs).toEqual([
        '<ref *1> { a: 1, me: [Circular *1], list: [ [Circular *1] ] }',
        '10n Symbol(s) undefined null -0 NaN',
        '[Function (anonymous)] [class A] Map(1) { 1 => {} } Set(0) {} 1970-01-01T00:00:00.000Z /x/',
        '{ a: [Getter] }',
        'half \ufffd',
        '[Object: null prototype] {}',
        'a %d',
      ]);
    });

    test.each([
      ['a proxy that throws', `console.log(${THROWS})`],
      ['a proxy within', `console.log([${THROWS}])`],
      ['text that throws', `console.log('%s', { toString() { throw 1 } })`],
      ['a tag that throws', `console.log({ get [Symbol.toStringTag]() { throw 1 } })`],
      ['a revoked proxy', `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); console.log(proxy)`],
      ['an error that throws', `console.log(Object.defineProperty(new Error('x'), 'name', { get() { throw 1 } }))`],
      [
        'what is nested without end',
        `let a = []; for (let i = 0; i < 100000; i++) a = [a]; console.dir(a, { depth: null })`,
      ],
      ['a table of a proxy', `console.table(${THROWS})`],
      [
        'a console that is changed',
        `Array.prototype.slice = Map.prototype.get = String.prototype.includes = () => { throw 1 }; console.log({ a: 1 }); console.log('x')`,
      ],
    ])('never make a run fail: %s', async (_, body) => {
      expect((await run(body)).length).toBeGreaterThan(0);
    });
  });
}
