import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PYTHON_MODULES } from '../../../bot-sdk/modules.js';
import { NO_NETWORK } from '../../../src/runtime/runner.js';
import {
  BRIEF,
  DockerArena,
  type Ending,
  expectEnding,
  INPUT,
  PATIENT,
  posted,
  python,
  pythonTogether,
} from '../../support/arena.js';
import { describeWithDocker } from '../../support/sandbox.js';
import { BYPASSES } from '../python-bypasses.js';

const TIMEOUT: Ending = ['timed_out', 'TIMEOUT'];
const MEMORY: Ending = ['killed', 'MEMORY_LIMIT'];
const THREW: Ending = ['threw', 'BOT_THREW'];
const BAD: Ending = ['threw', 'BAD_EFFECT'];

const ATTACKS: [name: string, body: string, ending: Ending][] = [
  ['loops for ever', 'while True: pass', TIMEOUT],
  [
    'loops for ever and catches everything',
    'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
    TIMEOUT,
  ],
  ['sleeps', 'import time\nwhile True: time.sleep(1000)', TIMEOUT],
  ['matches a pattern that backtracks for ever', `import re\nre.match('(a+)+$', 'a' * 40 + 'b')`, TIMEOUT],
  ['counts for ever in one step', 'sum(range(10 ** 18))', TIMEOUT],
  ['makes a number without end', 'it = len(str(9 ** 9 ** 9))', TIMEOUT],
  ['fills its memory', 'all = []\nwhile True: all.append("x" * 1000000 + str(len(all)))', MEMORY],
  ['fills its memory in one step', 'it = len([0] * 10 ** 10)', MEMORY],
  ['fills its memory by small things', 'all = []\nwhile True: all.append({"a": len(all)})', MEMORY],
  [
    'fills its memory and catches that',
    'all = []\nwhile True:\n    try:\n        all.append("x" * 10 ** 7 + str(len(all)))\n    except MemoryError: pass',
    ['timed_out'],
  ],
  ['calls itself for ever', 'def down(): return down() + 1\nit = down()', ['killed', 'STACK_OVERFLOW']],
  ['reads deep JSON', `import json\nit = json.loads('[' * 1000000)`, ['killed', 'STACK_OVERFLOW']],
  ['fills the workspace', 'f = open("a", "wb")\nwhile True: f.write(bytes(1 << 20))', THREW],
  ['makes many small files', 'i = 0\nwhile True:\n    open("f" + str(i), "w").close()\n    i += 1', THREW],
  ['opens many files', 'all = []\nwhile True: all.append(open("a", "w"))', THREW],
  ['posts a thousand times', 'for i in range(1000): ctx.post("bot", "x")', ['threw', 'POST_LIMIT']],
  ['posts too large a body', 'ctx.post("bot", "x" * 70000)', ['threw', 'BODY_TOO_LARGE']],
  ['remembers too much', 'ctx.set_state("x" * 1100000)', ['threw', 'STATE_TOO_LARGE']],
  ['remembers what cannot be kept', 'ctx.set_state({"a": object()})', BAD],
  ['posts what contains itself', 'a = []\na.append(a)\nctx.post("bot", {"a": a})', BAD],
  ['posts a number that is invalid', 'ctx.post("bot", {"a": float("nan")})', BAD],
  ['posts half a character', 'ctx.post("bot", "\\ud800")', BAD],
  ['posts a prototype', 'ctx.post("bot", {"__proto__": {"a": 1}})', BAD],
  ['remembers a prototype', 'ctx.set_state({"a": [{"__proto__": 1}]})', BAD],
  ['ends the round with a prototype', 'ctx.finish({"__proto__": 1})', BAD],
  ['fails in half a character', 'raise ValueError("\\ud800")', THREW],
  ['throws itself out', 'raise SystemExit(0)', THREW],
  ['throws what cannot be told', 'class E(Exception):\n    def __str__(self): raise self\nraise E()', THREW],
  ['writes to a seat that is nobody’s', 'ctx.dm("s9", "bot", "x")', BAD],
];

const PROBES: [name: string, body: string, found: unknown][] = [
  ['prints without end of line', 'print("x" * 10000000, end="")', null],
  ['prints frames', `import sys\nsys.stdout.write("\\0\\0\\0\\5\\1null")`, null],
  [
    'looks at what is imported',
    'import sys\nit = sorted(name for name in dir(sys) if name in ("modules", "_getframe", "meta_path", "path_hooks", "settrace"))',
    [],
  ],
];

/** All of them are tried on the harness itself (python-harness.spec.ts); of each way one here, with all that is around it. */
const IN_A_CONTAINER = new Set([
  'import os',
  'import importlib',
  'import ctypes',
  '__import__',
  'eval',
  'sys.modules',
  'subclasses of object',
  'a format in parts',
  'getattr',
  'a private module',
  'json.codecs',
  'a generator frame',
  'a traceback',
  'open of the harness',
  'io.FileIO',
  'a Unix socket',
]);

const UNREAD = [
  '/etc/shadow',
  '/etc/passwd',
  '/proc/self/environ',
  '/proc/self/mem',
  '/proc/self/maps',
  '/proc/1/environ',
  '/proc/1/mem',
  '/proc/1/fd/0',
  '/opt/sandbox/python/main.py',
  '../etc/passwd',
  '/workspace/../etc/passwd',
  '/dev/stdin',
  '/tmp/x',
  '/sys/fs/cgroup/memory/memory.limit_in_bytes',
];

/** JSON.stringify writes one as an escape. */
const HALF_A_CHARACTER = /\\ud[89a-f]/;

describeWithDocker('A bot in Python', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());

  const WITH_MODULES = { modules: PYTHON_MODULES };
  const attack = (body: string) => arena.attack(python(body, WITH_MODULES));
  const attacks = pythonTogether(
    [...ATTACKS, ...PROBES].map(([, body]) => body),
    WITH_MODULES,
  );

  test.each(ATTACKS)('that %s ends its own run', async (_, body, ending) => {
    const [bot, attempt] = attacks(body);

    const result = await arena.attack(bot, { ...attempt, limits: ending[0] === 'timed_out' ? BRIEF : PATIENT });

    expectEnding(result, ending);
    expect(JSON.stringify(result)).not.toMatch(HALF_A_CHARACTER);
  });

  test.each(PROBES)('that %s has no effect', async (_, body, found) => {
    const result = await arena.attack(...attacks(body));

    expect(posted(result)).toEqual([found]);
    // The line that says how many were cut stands behind the limit.
    expect(result.logs.join('').length).toBeLessThanOrEqual(PATIENT.logBytes + 100);
  });

  test('reads and writes only files of its workspace', async () => {
    const tries = UNREAD.flatMap((path) => ['r', 'w'].map((mode) => `('${path}', '${mode}')`));
    const body = `it = []\nfor path, mode in [${tries}]:\n    try:\n        open(path, mode)\n        it.append(path)\n    except OSError: pass`;

    expect(posted(await attack(body))).toEqual([[]]);
  });

  test('connects to nothing except through the broker', async () => {
    const body = `import socket\nit = []\nfor host, port in [('127.0.0.1', 1), ('127.0.0.1', 3128), ('localhost', 80), ('169.254.169.254', 80), ('::1', 80)]:\n    try:\n        socket.create_connection((host, port), 1)\n        it.append(host)\n    except Exception: pass`;

    expect(posted(await attack(body))).toEqual([[]]);
  });

  test('sees nothing of its previous hook', async () => {
    const bot = {
      ...python(''),
      modules: ['json', 'random'],
      executed: `import json
import random
count = []
class Bot:
    def __init__(self, ctx, params): self.ctx = ctx
    def on_init(self):
        count.append(1)
        json.mine = random.mine = Bot.mine = 1
        random.random = None
        with open('left', 'w') as f: f.write('x')
        self.ctx.post('bot', {'it': [len(count), hasattr(json, 'mine')]})
    def on_timer(self, name):
        count.append(1)
        try: left = open('left').read()
        except OSError: left = ''
        self.ctx.post('bot', {'it': [len(count), hasattr(json, 'mine'), hasattr(random, 'mine'), hasattr(Bot, 'mine'), callable(random.random), left]})
`,
    };

    const first = await arena.runner.run(bot, INPUT, PATIENT, NO_NETWORK);
    const next = await arena.runner.run(bot, { ...INPUT, call: { hook: 'on_timer', name: 't' } }, PATIENT, NO_NETWORK);

    expect(posted(first)).toEqual([[1, true]]);
    expect(posted(next)).toEqual([[1, false, false, false, true, '']]);
  });

  test.each(BYPASSES.filter(([name]) => IN_A_CONTAINER.has(name)))('cannot escape by %s', async (_, body) => {
    const { outcome, error } = await arena.runner.run(python(body, WITH_MODULES), INPUT, PATIENT, NO_NETWORK);

    expect(outcome).toBe('threw');
    expect(['BOT_THREW', 'MODULE_NOT_ALLOWED', 'FETCH_BLOCKED']).toContain(error?.code);
  });
});
