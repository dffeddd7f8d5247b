import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../bot-sdk/contract.js';
import { describeWithPython, PythonHarness } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('Logs', () => {
    test.each([
      ['60,000 lines that are not ASCII', 'for i in range(60000): print("é" * 20, i)'],
      ['200,000 prints without an end of line', 'for i in range(200000): print("é", end="")'],
      ['200,000 writes', 'import sys\nfor i in range(200000): sys.stdout.write("x")'],
      [
        'writes to both streams',
        'import sys\nfor i in range(40000): print(i, file=sys.stderr); print("ü", file=sys.stdout)',
      ],
      ['a text that is large', 'print("é" * 5000000); print("a\\n" * 1000000)'],
      ['a list that is large', 'print(list(range(500000)))'],
      ['empty lines', 'for i in range(30000): print()'],
      [
        'what cannot be told',
        'class E:\n    def __repr__(self): raise ValueError("x")\nfor i in range(20000): print(E(), [E()]); ctx.log(E())',
      ],
      ['half characters', 'for i in range(30000): print("a\\ud800b")'],
      ['octets', 'import sys\nfor i in range(30000): sys.stdout.buffer.write(b"\\xff\\n")'],
    ])('%s are cut and counted, and do not make a run fail', async (_, body) => {
      const { it, error, told } = await harness.init(`${body}\nit = 1`, { limits: { wallMs: 30_000 } });

      expect(error ?? it).toBe(1);
      const { logs } = told as { logs: string[] };
      const note = logs.pop();
      expect(Buffer.byteLength(logs.join('\n'))).toBeLessThanOrEqual(DEFAULT_LIMITS.logBytes);
      expect(logs.length).toBeLessThanOrEqual(5_000);
      expect(note).toMatch(/^… \d+ lines? cut: a run keeps 5000 lines and so many bytes of logs$/);
    });

    test('that fit are complete', async () => {
      const { logs } = await harness.init(
        'import sys\nit = 1\nprint("a", end=""); print("b"); print("x\\ny"); sys.stderr.write("e\\n"); print(end="z")\nfor i in range(700): print(i)',
      );

      expect(logs).toEqual(['ab', 'x', 'y', 'e', 'z0', ...Array.from({ length: 699 }, (_, i) => String(i + 1))]);
    });

    test('report a value that cannot be printed, and continue', async () => {
      const { logs } = await harness.init(
        'class E:\n    def __str__(self): raise ValueError("x")\nprint("a", E(), "b"); ctx.log(E())\nit = 1',
      );

      const named = '<E that cannot be printed: ValueError>';
      expect(logs).toEqual([`a ${named} b`, named]);
    });
  });
});
