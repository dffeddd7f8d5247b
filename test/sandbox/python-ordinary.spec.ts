import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithPython, PythonHarness } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('Ordinary Python works', () => {
    test.each<[string, string, unknown]>([
      ['loops and unpacking', 'a, *b = [i for i in range(5) if i]\nit = 0\nfor _ in b: it += a', 3],
      [
        'builtins',
        'it = [min(3, 1), max(3, 1), sum([1, 2]), any([0]), sorted({2, 1}), list(zip("a", "b"))]',
        [1, 3, 3, false, [1, 2], [['a', 'b']]],
      ],
      ['private attributes', 'self._a = 1\nself._a += 2\nself.__b = 4\nself.__b += 1\nit = self._a + self.__b', 8],
      [
        'inheritance',
        'class A:\n    def __init__(self): self._n = 2\n    def _get(self): return self._n\nclass B(A):\n    def __init__(self): super().__init__()\n    def get(self): return super()._get()\nit = B().get()',
        2,
      ],
      [
        'types',
        'it = [type(self).__name__, isinstance(int, type), isinstance(1, type), type(1) is int, __name__]',
        ['Bot', true, false, true, 'bot'],
      ],
      ['formats', 'it = "{:>5.2f}|{a[0]}|{b.real}".format(1.5, a=[1], b=2)', ' 1.50|1|2'],
      ['patterns', 'match {"a": [1, 2]}:\n    case {"a": [int(x), *_]}: it = x', 1],
      [
        'named tuples',
        'from collections import namedtuple\nP = namedtuple("P", "a b")\nit = P(1, 2)._replace(a=3)._asdict()',
        { a: 3, b: 2 },
      ],
      [
        'typed tuples',
        'from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: int = 2\nit = P(1)',
        [1, 2],
      ],
      [
        'decorators',
        'import functools\ndef twice(f):\n    @functools.wraps(f)\n    def g(*a): return 2 * f(*a)\n    return g\n@twice\ndef one(): return 1\nit = [one(), one.__name__]',
        [2, 'one'],
      ],
      [
        'caches',
        'import functools\n@functools.lru_cache\ndef f(n): return n if n < 2 else f(n - 1) + f(n - 2)\nit = f(60)',
        1548008755920,
      ],
      [
        'groups of exceptions',
        'try:\n    raise ExceptionGroup("a", [ValueError("v")])\nexcept* ValueError as e:\n    it = str(e.exceptions[0])',
        'v',
      ],
      [
        'tracebacks',
        'import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    it = traceback.format_exc().split("\\n")[1:3]',
        ['  File "bot.py", line 8, in on_init', '    1 / 0'],
      ],
      [
        'the workspace',
        'with open(ctx.workspace + "/a.txt", "w") as f: f.write("hé")\nit = open("a.txt").read()',
        'hé',
      ],
      ['streams', 'import io\nit = io.StringIO("a\\nb").readlines()', ['a\n', 'b']],
      [
        'dates',
        'from datetime import datetime, timedelta\nit = (datetime(2024, 2, 28) + timedelta(days=1)).strftime("%d.%m.%Y")',
        '29.02.2024',
      ],
      ['mail', 'from email.mime.text import MIMEText\nit = MIMEText("hello").get_payload()', 'hello'],
      [
        'hashes',
        'import hashlib, hmac\nit = [hashlib.sha256(b"").hexdigest()[:8], hmac.new(b"k", b"m", "sha256").hexdigest()[:8]]',
        ['e3b0c442', createHmac('sha256', 'k').update('m').digest('hex').slice(0, 8)],
      ],
      ['rare encodings', 'it = b"\\x80".decode("cp1252")', '€'],
      ['weak references', 'import weakref\nclass A: pass\na = A()\nit = weakref.ref(a)() is a', true],
      [
        'warnings',
        'import warnings\nwith warnings.catch_warnings(record=True) as seen:\n    warnings.simplefilter("always")\n    warnings.warn("x")\nit = len(seen)',
        1,
      ],
      [
        'attributes by name',
        'class A: pass\na = A()\nsetattr(a, "b", 1)\nit = [hasattr(a, "b"), hasattr(a, "c"), getattr(a, "c", 3), getattr(a, "b")]\ndelattr(a, "b")\nit.append(hasattr(a, "b"))',
        [true, false, 3, 1, false],
      ],
      ['copies', 'import copy\na = {"b": [1]}\nb = copy.deepcopy(a)\nb["b"].append(2)\nit = a', { b: [1] }],
      [
        'sys',
        'import sys\nprint("to stderr", file=sys.stderr)\nit = [sys.version_info[0], sys.maxsize > 2**32]',
        [3, true],
      ],
    ])('%s', async (_, body, expected) => {
      const { it, error } = await harness.init(body);

      expect(error ?? it).toEqual(expected);
    });
  });
});
