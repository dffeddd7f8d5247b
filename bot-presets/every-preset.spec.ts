import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { prepare } from '../bot-sdk/bundle.js';
import type { Json, JsonObject, RunError } from '../bot-sdk/contract.js';
import { checkManifest } from '../bot-sdk/manifest.js';
import { bundlePackages } from '../bot-sdk/npm-packages.js';
import { checkParams } from '../bot-sdk/params.js';
import { runHook } from '../bot-sdk/realm.js';
import { Realms } from '../bot-sdk/realms.js';
import { type HookRunner, type ScriptStep, Table, type TableOptions, type TablePost } from '../bot-sdk/table.js';
import type { Web } from '../bot-sdk/web.js';

/** The presets that come with the server, or those of a folder of one's own. */
const ROOT = process.env.PRESETS_DIR || 'bot-presets';
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

const SEATED: ScriptStep[] = [
  ['join', 's1'],
  ['join', 's2'],
];

const ASKS_FOR_HELP = [
  'help',
  '!help',
  '/help',
  'Help!',
  'rules',
  'rule',
  ' RULES? ',
  '/commands',
  'how',
  'How?',
  '?',
  '!?',
];
/** Each is short, and some are a letter away from a command. */
const CHAT = [
  ...[
    'hi',
    'Hello!',
    'hey',
    'ok',
    'yes',
    'no',
    'thanks',
    'nice',
    'wow!',
    'lol',
    'bye',
    'best',
    'last',
    'its',
    'yet',
    'wait',
  ],
  ...[
    'good luck',
    'need help with my homework',
    'back in 5 minutes',
    'how are you?',
    'rules are rules',
    'what a start',
    '??',
    '',
  ],
];

/** Beside those that draw: every tenth, from the one that jest's seed chooses; all of them in `npm run test:long`. */
const isRepeated = (hook: number) => process.env.LONG_PROGRAMS === 'whole' || (hook + jest.getSeed()) % 10 === 0;

describe.each(PRESETS)('The preset in %s', (folder) => {
  const file = ['bot.js', 'bot.ts', 'bot.py'].map((name) => join(folder, name)).find(existsSync) ?? '';
  const read = prepare(readFileSync(file, 'utf8'));
  const bundle = { ...read, bundled: bundlePackages(read) };
  const given = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const manifest = checkManifest(given, bundle);

  test('has its four files and a complete manifest', () => {
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

  const seatAt = async (setting: TableOptions = {}) => {
    const table = new Table({ bundle, manifest }, checkParams(manifest.params), { web: NOBODY, ...setting });
    await table.hook({ hook: 'on_init' });
    return table;
  };

  test('survives invalid input, and a repeated hook gives the same bytes', async () => {
    const differences: string[][] = [];
    let hooks = 0;
    // The repetition has a new engine, which must make no difference.
    const realms = new Realms();
    const run: HookRunner = async (input, limits, web) => {
      const result = await runHook(bundle, input, limits, { web, realms });
      if (isRepeated(hooks++) || result.drew) {
        const [first, again] = [result, await runHook(bundle, input, limits, { web })].map(({ ms, ...rest }) =>
          JSON.stringify(rest),
        );
        if (first !== again) differences.push([first as string, again as string]);
      }
      return result;
    };
    const table = await seatAt({ run });

    for (const step of nonsense()) await table.take(step);

    const { posts, errors } = table.transcript;
    // A host that does not answer may fail the run that asked for it.
    expect(errors.filter(({ code }) => code !== 'UNREACHABLE')).toEqual([]);
    for (const { body } of posts) expect(manifest.emits).toContain(body.type);
    expect(differences).toEqual([]);
    expect(hooks).toBeGreaterThan(200);
  });

  describe('at a table where messages are sent one after the other', () => {
    const answers = new Map<string, { posts: TablePost[]; errors: RunError[] }>();
    beforeAll(async () => {
      const table = await seatAt();
      for (const step of SEATED) await table.take(step);
      for (const text of [...ASKS_FOR_HELP, ...CHAT]) {
        const { posts, errors } = table.transcript;
        const [said, failed] = [posts.length, errors.length];
        for (const step of saying(text)) await table.take(step);
        answers.set(text, { posts: posts.slice(said), errors: errors.slice(failed) });
      }
    });
    /** Help can be asked for in private too, where the bot hears that. */
    const saying = (text: string): ScriptStep[] => [
      ['say', 's1', text],
      ...(manifest.permissions.private_messages && ASKS_FOR_HELP.includes(text)
        ? [['dm', 's1', text] as ScriptStep]
        : []),
    ];

    test.each(ASKS_FOR_HELP)('answers %j with the possible moves, in public and in private', (text) => {
      const { posts, errors } = answers.get(text) ?? {};

      expect(errors).toEqual([]);
      expect(posts?.map(({ kind, to, body }) => [kind, to, body.type, body.player])).toEqual(
        saying(text).map(([event]) => [
          event === 'dm' ? 'private' : 'bot',
          event === 'dm' ? 's1' : undefined,
          'help',
          's1',
        ]),
      );
      for (const { body } of posts ?? []) {
        expect(body.text).toEqual(expect.stringMatching(/\w+ \w+/));
        expect(body.legal).toEqual(expect.any(Array));
      }
    });

    test.each(CHAT)('ignores chat: %j', (text) => {
      expect(answers.get(text)).toEqual({ posts: [], errors: [] });
    });
  });

  test('does not restart its timers for ever when everybody is silent', async () => {
    const table = await seatAt();
    const script: ScriptStep[] = [...SEATED, ...MOVES.map((move): ScriptStep => ['say', 's1', move])];
    for (const step of script) await table.take(step);

    for (let fired = 0; Object.keys(table.transcript.timers).length > 0; fired++) {
      expect(fired).toBeLessThan(20);
      await table.take(['timer', Object.keys(table.transcript.timers)[0] as string]);
    }
  });
});

const NOBODY: Web = async () => ({ kind: 'failed', code: 'UNREACHABLE', detail: 'nobody answered' });

/** Some players, some moves, and between them whatever a member could post: the same every time. */
function nonsense(): ScriptStep[] {
  const bodies = [...ODD_BODIES, ...texts(), ...moves()];
  const spoken = bodies.flatMap((body, i): ScriptStep[] => [
    ['say', i % 3 ? 's1' : 's2', body],
    ...(i % 10 === 0 ? [['dm', 's1', body] as ScriptStep] : []),
    ...(i % 9 === 0 ? [['bot', 'bot_Other_1', body] as ScriptStep] : []),
    ...(i % 7 === 0 ? [['say', 's2', MOVES[(i / 7) % MOVES.length] as string] as ScriptStep] : []),
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
