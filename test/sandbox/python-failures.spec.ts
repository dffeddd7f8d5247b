import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bodies, describeWithPython, PythonHarness } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('In asynchronous code', () => {
    const inAsync = (body: string) =>
      `import asyncio\nclass Bot:\n    def __init__(self, ctx, params): self.ctx = ctx\n` +
      `    async def bad(self, after=0):\n        await asyncio.sleep(after)\n        self.ctx.post('bot', 'never')\n        raise ValueError('lost')\n` +
      `    async def on_init(self):\n        self.ctx.post('bot', 'first')\n${body.replaceAll(/^/gm, '        ')}\n`;

    test.each([
      ['a task', 'asyncio.create_task(self.bad())'],
      ['a task that fails later', 'asyncio.create_task(self.bad(3))\nawait asyncio.sleep(1)'],
      ['a task that is kept', 'self.kept = asyncio.create_task(self.bad())\nglobals()["kept"] = self.kept'],
      ['a future made of a coroutine', 'asyncio.ensure_future(self.bad())'],
      ['tasks that are gathered', 'asyncio.gather(self.bad(), self.bad(2))'],
      [
        'tasks that are gathered and kept',
        'globals()["kept"] = asyncio.gather(self.bad(), self.bad(2))\nawait asyncio.sleep(5)',
      ],
      ['a task that is only waited for', 'await asyncio.wait([asyncio.create_task(self.bad())])'],
      ['a task of a task', 'async def outer(): asyncio.create_task(self.bad(1))\nawait asyncio.create_task(outer())'],
      [
        'a callback',
        'def call(): raise ValueError("lost")\nasyncio.get_running_loop().call_soon(call)\nawait asyncio.sleep(1)',
      ],
      [
        'a future that nobody reads',
        'f = asyncio.get_running_loop().create_future()\nf.set_exception(ValueError("lost"))',
      ],
      ['a group', 'async with asyncio.TaskGroup() as g: g.create_task(self.bad())'],
      ['a thread', 'def call(): raise ValueError("lost")\nasyncio.get_running_loop().run_in_executor(None, call)'],
      ['what is awaited', 'await self.bad()'],
    ])('an error in %s makes the hook fail without effects', async (_, body) => {
      await harness.bind(inAsync(body));

      const { outcome, error, effects } = await harness.hook();

      expect({ outcome, effects }).toEqual({ outcome: 'threw', effects: [] });
      expect(error).toMatchObject({ code: 'BOT_THREW', detail: expect.stringMatching(/lost|ExceptionGroup/) });
    });

    test.each([
      ['is caught', 'try: await self.bad()\nexcept ValueError: pass'],
      ['is asked for', 'await asyncio.gather(self.bad(), return_exceptions=True)'],
      ['was read', 't = asyncio.create_task(self.bad())\nawait asyncio.wait([t])\nassert str(t.exception()) == "lost"'],
      ['was cancelled', 't = asyncio.create_task(self.bad(9))\nawait asyncio.sleep(0)\nt.cancel()'],
    ])('an error that %s does not make the hook fail', async (_, body) => {
      await harness.bind(inAsync(body));

      expect(await harness.hook()).toMatchObject({ outcome: 'ok' });
    });

    test('work that a hook has started is completed', async () => {
      await harness.bind(
        inAsync(
          'async def later():\n    await asyncio.sleep(60)\n    self.ctx.post("bot", "later")\nasyncio.create_task(later())',
        ),
      );

      expect(bodies((await harness.hook()).effects)).toEqual([{ text: 'first' }, { text: 'later' }]);
    });

    test('a coroutine that is never awaited and a task that never ends are reported in the log', async () => {
      await harness.bind(inAsync('self.bad()\nasyncio.create_task(asyncio.Event().wait(), name="waits")'));

      const { outcome, logs } = await harness.hook();

      expect(outcome).toBe('ok');
      expect(logs.join('\n')).toMatch(/RuntimeWarning: coroutine 'Bot\.bad' was never awaited.*waits was not done/s);
    });

    test('an error makes the hook fail in an event loop of the bot too', async () => {
      const { error } = await harness.init(
        'import asyncio\nasync def bad(): raise ValueError("lost")\nasync def go():\n    asyncio.create_task(bad())\n    await asyncio.sleep(1)\nasyncio.run(go())\nit = 1',
      );

      expect(error).toMatchObject({ code: 'BOT_THREW', detail: expect.stringContaining('lost') });
    });
  });

  describe('A hook that fails', () => {
    test.each<[string, string, object]>([
      ['an endless loop', 'while True: pass', { code: 'TIMEOUT' }],
      ['a regex bomb', 'import re\nre.match("(a+)+$", "a" * 40 + "b")', { code: 'TIMEOUT' }],
      ['sleeping for ever', 'import time\nwhile True: time.sleep(9)', { code: 'TIMEOUT' }],
      ['many allocations', 'it = []\nwhile True: it.append(bytearray(1000000))', { code: 'MEMORY_LIMIT' }],
      ['one allocation', 'it = "a" * 10**10', { code: 'MEMORY_LIMIT' }],
      ['recursion', 'def f(): f()\nf()', { code: 'STACK_OVERFLOW' }],
      ['leaving', 'raise SystemExit(3)', { code: 'BOT_THREW', detail: 'SystemExit: 3 (line 6)' }],
      ['an error', 'a = {}\nit = a["b"]', { code: 'BOT_THREW', detail: "KeyError: 'b' (line 7)" }],
      [
        'an error nobody can tell',
        'class E(Exception):\n    def __str__(self): raise E()\nraise E()',
        { detail: 'E (line 8)' },
      ],
      ['no Python', 'it = (', { code: 'BOT_THREW', detail: "SyntaxError: '(' was never closed (line 6)" }],
    ])('by %s reports that, and later hooks are not affected', async (_, body, error) => {
      const failed = await harness.init(body, {
        limits: { wallMs: 1_000, cpuMs: 500 },
      });
      const next = await harness.init('it = 1');

      expect(failed.error).toMatchObject(error);
      expect(next).toMatchObject({ it: 1 });
    });

    test('leaves what it printed before it was stopped', async () => {
      const { logs, error } = await harness.init('print("before")\nwhile True: pass', { limits: { wallMs: 300 } });

      expect(error?.code).toBe('TIMEOUT');
      expect(logs).toEqual(['before']);
    });

    test('by waiting for nothing is reported; async hooks are awaited', async () => {
      await harness.bind(
        'import asyncio\nclass Bot:\n    async def on_init(self): self.ctx.post("bot", {"it": await self.two()})\n' +
          '    async def two(self): return 2\n    async def onJoin(self, player): await asyncio.Event().wait()\n',
      );

      const awaited = await harness.hook();
      const stuck = await harness.hook({ call: { hook: 'on_join', player: 's1' } });

      expect(bodies(awaited.effects)).toEqual([{ it: 2 }]);
      expect(stuck.error).toMatchObject({ code: 'BOT_THREW', detail: expect.stringContaining('nothing will settle') });
    });
  });

  describe('Imports', () => {
    test('that are not declared are refused before anything runs, and the error names the module', async () => {
      const error = await harness.bind('import json\nclass Bot:\n    def on_init(self):\n        import os.path\n', {
        modules: ['json'],
      });

      expect(error).toEqual({
        code: 'MODULE_NOT_ALLOWED',
        detail: 'there is no module os.path (line 4)',
        module: 'os.path',
        allowed: ['json'],
      });
    });

    test('inside a declared module are refused when they run', async () => {
      const { error } = await harness.init('import http.server\nit = 1');

      expect(error).toMatchObject({ code: 'MODULE_NOT_ALLOWED', module: 'http.server' });
      expect(error?.detail).toMatch(/^there is no module http\.server \(line \d+\)$/);
      expect(error?.allowed).toContain('http');
    });
  });
});
