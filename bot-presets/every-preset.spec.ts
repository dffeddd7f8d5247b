import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { prepare } from '../bot-sdk/bundle.js';
import type { Json, JsonObject } from '../bot-sdk/contract.js';
import { checkManifest } from '../bot-sdk/manifest.js';
import { checkParams } from '../bot-sdk/params.js';
import { play } from '../bot-sdk/play.js';
import type { Step } from '../bot-sdk/table.js';
import type { Web } from '../bot-sdk/web.js';

const ROOT = 'bot-presets';
const PRESETS = readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [join(ROOT, entry.name)] : [],
);

/** Words that some preset takes for a move, so that nonsense is met in the middle of things and not before them. */
const MOVES = [
  'bet 10',
  'hit',
  'stand',
  '42',
  'price',
  'cert example.com',
  'raw',
  'verify',
  'status',
  'seed of mine',
  'cast reverse s2 word',
];

describe.each(PRESETS)('The preset in %s', (folder) => {
  const file = ['bot.js', 'bot.ts', 'bot.py'].map((name) => join(folder, name)).find(existsSync) ?? '';
  const bundle = prepare(readFileSync(file, 'utf8'));
  const given = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const manifest = checkManifest(given, bundle);

  test('has its four files, and a manifest that says all there is to say', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(
      new RegExp(`^# ${manifest.name}\\n[\\s\\S]*## What is proven`),
    );
    expect(existsSync(join(folder, 'bot.test.ts'))).toBe(true);
    expect(given).toEqual(manifest);
    expect(manifest.summary).not.toBe('');
    expect(checkParams(manifest.params)).toEqual(expect.any(Object));
    for (const [, type = ''] of bundle.source.matchAll(/\btype: '([\w:]+)'/g)) {
      expect(manifest.emits).toContain(type);
    }
  });

  test('survives nonsense, and plays it the same again, byte for byte', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => play(folder, nonsense(), { web: NOBODY })));

    // A host that does not answer may fail the run that asked for it.
    expect(first?.errors.filter(({ code }) => code !== 'UNREACHABLE')).toEqual([]);
    for (const { body } of first?.posts ?? []) expect(manifest.emits).toContain(body.type);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  test('leaves no timer to go off for ever when everybody is silent', async () => {
    const script: Step[] = [['join', 's1'], ['join', 's2'], ...MOVES.map((move): Step => ['say', 's1', move])];
    let { timers } = await play(folder, script, { web: NOBODY });

    for (let fired = 0; Object.keys(timers).length > 0; fired++) {
      expect(fired).toBeLessThan(20);
      script.push(['timer', Object.keys(timers)[0] as string]);
      ({ timers } = await play(folder, script, { web: NOBODY }));
    }
  });
});

const NOBODY: Web = async () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody answered' });

/** Some players, some moves, and between them whatever a member could post: the same every time. */
function nonsense(): Step[] {
  const bodies = [...ODD_BODIES, ...texts(), ...moves()];
  const spoken = bodies.flatMap((body, i): Step[] => [
    ['say', i % 3 ? 's1' : 's2', body],
    ...(i % 10 === 0 ? [['dm', 's1', body] as Step] : []),
    ...(i % 9 === 0 ? [['bot', 'bot_Other_1', body] as Step] : []),
    ...(i % 7 === 0 ? [['say', 's2', MOVES[(i / 7) % MOVES.length] as string] as Step] : []),
  ]);
  return [
    ['join', 's1'],
    ['join', 's2'],
    ...spoken,
    ['leave', 's1'],
    ['join', 's1'],
    ['leave', 's9'],
    ...spoken.slice(0, 9),
  ];
}

const deep = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`) as JsonObject;

const ODD_VALUES: Json[] = [
  null,
  true,
  0,
  -1,
  2 ** 53,
  1e308,
  4.5,
  '',
  ' ',
  '-0',
  '1e9',
  '9'.repeat(400),
  '\u0000\u202e\ufeff',
  '👩‍👩‍👧‍👦é\u0301',
  '__proto__',
  'constructor',
  '|',
  [],
  [[10]],
  {},
  { toString: 1, valueOf: null },
  deep(25),
];

const ODD_BODIES: JsonObject[] = [
  {},
  JSON.parse('{"__proto__":{"text":"hit","type":"move"}}'),
  JSON.parse('{"type":"move","__proto__":{"game":"blackjack"}}'),
  JSON.parse('{"then":"x","text":{"then":"x"}}'),
  { constructor: { prototype: { text: 'x' } }, hasOwnProperty: null, toString: 'x' },
  { text: 'x'.repeat(60_000) },
  { text: '{"a":'.repeat(10_000) },
  deep(30),
  ...ODD_VALUES.map((value, i): JsonObject => (i % 2 ? { text: value } : { type: value, game: value, text: value })),
];

/** What a player says, with something odd behind it. */
function texts(): JsonObject[] {
  const words = ['guess', 'bet', 'seed', 'hit', 'verify', 'cert', 'raw', 'price', 'concede'];
  const odd = ODD_VALUES.filter((value) => typeof value === 'string' || typeof value === 'number');
  return words.flatMap((word, i) =>
    odd.filter((_, j) => (i + j) % 5 === 0).map((value) => ({ text: `${word} ${value}` })),
  );
}

/** Typed moves, with something odd in every place. */
function moves(): JsonObject[] {
  const moves = ['guess', 'bet', 'seed', 'hit', 'verify', 'concede', 'leave', 'sit', 'constructor'];
  return ['blackjack', 'guess'].flatMap((game) =>
    moves.flatMap((action, i) =>
      ODD_VALUES.filter((_, j) => (i + j) % 8 === 0).flatMap((odd): JsonObject[] => [
        { type: 'move', game, action, value: odd, amount: odd, seed: odd, hand_id: odd },
        { type: 'move', game, action: odd, value: 5 },
      ]),
    ),
  );
}
