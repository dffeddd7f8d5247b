import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Chance } from '../../bot-sdk/chance.js';
import { describeWithPython, INPUT, PythonHarness, python } from './python-harness.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('Randomness', () => {
    const vectors = JSON.parse(readFileSync(join('bot-sdk', 'chance.vectors.json'), 'utf8'));

    test.each<{ key: string; bytes_100: string; below: [number, number[]][]; unit: number[] }>(vectors)(
      'is the stream of key $key',
      ({ key, bytes_100, below, unit }) => {
        const drawn = python(
          'import json; from chance import Chance; key, cases = sys.argv[1], json.loads(sys.argv[2])\n' +
            'parts = Chance(key)\n' +
            'def eight(draw): return [draw() for _ in range(8)]\n' +
            'def below(k): chance = Chance(key); return eight(lambda: chance.below(k))\n' +
            'print(json.dumps({"bytes": "".join(parts.bytes(n).hex() for n in (1, 31, 33, 0, 35)), ' +
            '"below": [[k, below(k)] for k in cases], "unit": eight(Chance(key).unit)}))',
          key,
          JSON.stringify(below.map(([k]) => k)),
        );

        expect(drawn).toEqual({ bytes: bytes_100, below, unit });
      },
    );

    test.each<[string, (chance: Chance) => unknown]>([
      ['ctx.random(52)', (chance) => chance.below(52)],
      ['ctx.random()', (chance) => chance.unit()],
      ['random.random()', (chance) => chance.unit()],
      ['random.Random().random()', (chance) => chance.unit()],
      ['random.SystemRandom().randrange(9)', (chance) => chance.below(9)],
      ['random.choice("abcdef")', (chance) => 'abcdef'[chance.below(6)]],
      ['random.randbytes(5).hex()', (chance) => Buffer.from(chance.bytes(5)).toString('hex')],
      ['secrets.randbelow(100)', (chance) => chance.below(100)],
      ['secrets.token_hex(8)', (chance) => Buffer.from(chance.bytes(8)).toString('hex')],
      ['ssl.RAND_bytes(4).hex()', (chance) => Buffer.from(chance.bytes(4)).toString('hex')],
    ])('is the source of %s', async (expression, drawn) => {
      const { it } = await harness.init(`import random, secrets, ssl\nit = ${expression}`);

      expect(it).toEqual(drawn(new Chance(INPUT.key)));
    });

    test('is that of ordinary Python if a bot sets its own seed', async () => {
      const { it } = await harness.init(
        'import random\nr = random.Random(5)\nrandom.seed(5)\nit = [r.random(), random.random()]',
      );

      expect(it).toEqual([0.6229016948897019, 0.6229016948897019]);
    });
  });

  describe('The states of random generators', () => {
    test.each([
      ['saved and restored', 's = random.getstate(); a = draw(random); random.setstate(s)', 'a', 'draw(random)'],
      ['of a generator', 'r = random.Random(); s = r.getstate(); a = draw(r); r.setstate(s)', 'a', 'draw(r)'],
      ['deeply copied', 'r = random.Random(); c = copy.deepcopy(r)', 'draw(r)', 'draw(c)'],
      ['copied', 'r = random.Random(); c = copy.copy(r)', 'draw(r)', 'draw(c)'],
      [
        'by its parts',
        'r = random.Random(); k, n, s = r.__reduce__(); c = k(*n); c.__setstate__(s)',
        'draw(r)',
        'draw(c)',
      ],
      [
        'by __getstate__',
        'r = random.Random(); c = random.Random(1); c.__setstate__(r.__getstate__())',
        'draw(r)',
        'draw(c)',
      ],
      ['of a class of its own', 'class R(random.Random): pass\nr = R(); c = copy.deepcopy(r)', 'draw(r)', 'draw(c)'],
      [
        'given to another',
        'random.random(); c = random.Random(); c.setstate(random.getstate())',
        'draw(random)',
        'draw(c)',
      ],
      [
        'with half a pair of gauss',
        'r = random.Random(); r.gauss(0, 1); c = copy.copy(r)',
        '[r.gauss(0, 1)]',
        '[c.gauss(0, 1)]',
      ],
    ])('%s can be repeated, and depend on the run', async (_, body, one, other) => {
      const text = `import copy, random\ndef draw(r): return [r.random(), r.randrange(10 ** 9), r.choice(range(99)), r.getrandbits(50)]\n${body}\nit = [${one}, ${other}]`;

      const { it, error } = await harness.init(text);
      const elsewhere = await harness.init(text, { key: '11'.repeat(32) });

      expect(error).toBeUndefined();
      const [first, second] = it as unknown[];
      expect(first).toEqual(second);
      expect((elsewhere.it as unknown[])[0]).not.toEqual(first);
    });

    test.each([
      ['two that were never seeded', 'random.Random(), random.Random()'],
      ['one made past its beginning', 'random.Random.__new__(random.Random), random.Random()'],
      ['the machine’s', 'random.SystemRandom(), random.SystemRandom()'],
      ['one that was seeded once', 'random.Random(1), random.Random()\na.seed()'],
    ])('are not those of %s', async (_, pair) => {
      const text = `import random\na, b = ${pair}\nit = [a.random(), b.random(), random.random()]`;

      const { it } = await harness.init(text);
      const again = await harness.init(text);
      const elsewhere = await harness.init(text, { key: '11'.repeat(32) });

      expect(new Set([...(it as number[]), ...(elsewhere.it as number[])]).size).toBe(6);
      expect(again.it).toEqual(it);
    });

    test('do not exist for SystemRandom', async () => {
      const { it } = await harness.init(
        'import random\nit = []\nfor f in (random.SystemRandom().getstate, lambda: random.SystemRandom().setstate(1)):\n    try: f()\n    except NotImplementedError as e: it.append(str(e))',
      );

      expect(it).toEqual(Array(2).fill('System entropy source does not have state.'));
    });
  });
});
