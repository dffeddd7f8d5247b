import { describe, expect, test } from '@jest/globals';
import { Chance } from './chance.js';
import { DEFAULT_LIMITS, type HookInput } from './contract.js';
import { Ledger } from './ledger.js';
import { runHook } from './realm.js';
import { RealmHost } from './realm-host.js';
import { NO_WEB } from './web.js';
import { WebDesk } from './web-desk.js';

const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.000Z',
  params: {},
  state: null,
  state_version: 0,
  players: [{ seat: 's1', label: 'alice', name: 'Alice' }],
  env: {},
  key: '00'.repeat(32),
  run: 7,
};

const program = (executed: string) => ({ executed, bundled: {} });

/** Runs `body` as the onInit of a bot. */
const init = (body: string, input: Partial<HookInput> = {}) =>
  runHook(
    program(
      `export default class Bot { constructor(ctx) { this.ctx = ctx } async onInit() { const { ctx } = this; ${body} } }`,
    ),
    { ...INPUT, ...input },
    DEFAULT_LIMITS,
  );

const posted = async (expression: string, input?: Partial<HookInput>) => {
  const { effects, error } = await init(`ctx.post('bot', { it: ${expression} })`, input);
  return error ?? (effects[0]?.type === 'post' ? effects[0].body.it : undefined);
};

describe('A post', () => {
  test('has the body as it was at the call, whatever happens to it later', async () => {
    const { effects } = await init(
      `const list = []; ctx.post('bot', { list }); list.push(1); ctx.post('bot', { list })`,
    );

    expect(effects).toMatchObject([{ body: { list: [] } }, { body: { list: [1] } }]);
  });

  test('has the kind bot or control, and any other kind becomes a label', async () => {
    const { effects } = await init(
      `ctx.post('bot', 'a'); ctx.post('control', 'b'); ctx.post('system', 'c'); ctx.dm('s1', 'status', 'd')`,
    );

    expect(effects).toEqual([
      { type: 'post', kind: 'bot', body: { text: 'a' }, state_version: 0, handle: '7:0' },
      { type: 'post', kind: 'control', body: { text: 'b' }, state_version: 0, handle: '7:1' },
      { type: 'post', kind: 'bot', label: 'system', body: { text: 'c' }, state_version: 0, handle: '7:2' },
      {
        type: 'post',
        kind: 'private',
        label: 'status',
        body: { text: 'd' },
        to: 's1',
        state_version: 0,
        handle: '7:3',
      },
    ]);
  });

  test('can be sealed, and revealed by its handle', async () => {
    const { effects } = await init(
      `const { handle } = ctx.post('bot', 'card', { sealed: true }); ctx.reveal(handle); ctx.reveal(12)`,
    );

    expect(effects).toMatchObject([
      { sealed: true },
      { type: 'reveal', target: '7:0' },
      { type: 'reveal', target: 12 },
    ]);
  });

  test.each([
    ['a function', '() => 1', 'body.it is a function'],
    ['undefined', 'undefined', 'body.it is undefined'],
    ['a bigint', '1n', 'body.it is a bigint'],
    ['NaN', 'NaN', 'body.it is NaN'],
    ['a Map', 'new Map()', 'body.it is not a plain object'],
    ['a cycle', '(() => { const a = {}; a.a = a; return a })()', 'body.it.a contains itself'],
    ['half a surrogate pair', `'\\ud800'`, 'body.it holds half of a surrogate pair'],
    ['a prototype', `JSON.parse('{"__proto__": {"isAdmin": true}}')`, 'body.it has a member named __proto__'],
    [
      '40 levels',
      `(() => { let a = []; for (let i = 0; i < 40; i++) a = [a]; return a })()`,
      'body is nested deeper than 32',
    ],
  ])('is refused if it contains %s, and the error names the place', async (_, expression, detail) => {
    expect(await posted(expression)).toEqual({ code: 'BAD_EFFECT', detail });
  });
});

describe('State', () => {
  test('increases its version with each save, and each post names the version at its time', async () => {
    const { effects, state } = await init(
      `ctx.setState({ n: 1 }); ctx.post('bot', 'a'); ctx.set_state([2]); ctx.post('bot', 'b')`,
      { state_version: 4 },
    );

    expect(effects).toMatchObject([{ state_version: 5 }, { state_version: 6 }]);
    expect(state).toEqual({ value: [2], version: 6 });
  });

  test('is returned as a copy', async () => {
    expect(
      await posted(`(ctx.getState().list.push(2), ctx.get_state())`, { state: { list: [1] }, state_version: 1 }),
    ).toEqual({ list: [1] });
  });

  test('is not saved over a newer version than the one that was read', async () => {
    const { outcome, error, state } = await init(`ctx.setState(1, 3)`, { state_version: 4 });

    expect([outcome, error?.code, state]).toEqual(['threw', 'STALE_STATE', undefined]);
  });
});

describe('A run', () => {
  test('that throws has no effects and no state, and the error names the line', async () => {
    const { ms, ...result } = await init(`ctx.setState(1); ctx.post('bot', 'a'); throw new Error('no luck')`);

    expect(result).toEqual({
      outcome: 'threw',
      error: { code: 'BOT_THREW', detail: 'Error: no luck (line 1)' },
      effects: [],
      logs: [],
    });
  });

  test('waits for promises', async () => {
    expect(await posted('await Promise.resolve(1).then((n) => n + 1)')).toBe(2);
  });

  test('gives the same result the second time', async () => {
    const body = `console.log(Math.random(), new Date()); ctx.post('bot', [ctx.random(6), crypto.randomUUID(), Date.now()].join())`;
    const runs = await Promise.all([init(body), init(body)]);

    const [first, second] = runs.map(({ ms, ...result }) => JSON.stringify(result));

    expect(runs[0]?.outcome).toBe('ok');
    expect(second).toBe(first);
  });

  test('has its own randomness', async () => {
    expect(await posted('ctx.random(2 ** 53)')).not.toBe(await posted('ctx.random(2 ** 53)', { key: '01'.repeat(32) }));
  });

  test('does not get the key of its randomness', () => {
    const ease = { ranOutOfMemory: () => false, ranOutOfStack: () => false };
    const [ledger, desk] = [new Ledger(INPUT, DEFAULT_LIMITS), new WebDesk(NO_WEB, DEFAULT_LIMITS)];
    const host = new RealmHost(INPUT, DEFAULT_LIMITS, ledger, new Chance(INPUT.key), desk, ease);

    expect(JSON.parse(host.answer('input', 'null')).value).toMatchObject({ run: 7 });
    expect(host.answer('input', 'null')).not.toContain(INPUT.key);
  });
});

describe('A timer', () => {
  test.each([
    [0, 1],
    [0.001, 1],
    [1, 1],
    [1.5, 1.5],
    [2_592_000, 2_592_000],
  ])('set for %d seconds is set for %d', async (seconds, runs) => {
    expect((await init(`ctx.setTimer('t', ${seconds})`)).effects).toEqual([
      { type: 'timer_set', name: 't', seconds: runs },
    ]);
  });

  test.each(['-1', 'NaN', '2_592_001', '"1"', 'null'])('is refused for %s seconds', async (seconds) => {
    expect((await init(`ctx.setTimer('t', ${seconds})`)).error?.code).toBe('BAD_EFFECT');
  });
});

describe('An import that fails a run', () => {
  test('is named if another one failed before', async () => {
    const { error } = await init(`await import('fs').catch(() => {}); await import('./x')`);

    expect(error).toMatchObject({ code: 'MODULE_NOT_ALLOWED', module: './x' });
  });

  test('is named if another one failed later', async () => {
    const { error } = await init(`const first = import('fs'); await import('./x').catch(() => {}); await first`);

    expect(error).toMatchObject({ code: 'MODULE_NOT_ALLOWED', module: 'fs' });
  });
});

describe('Time', () => {
  test.each([
    ['Date.now()', Date.parse(INPUT.now)],
    ['new Date().toISOString()', INPUT.now],
    ['new Date(2026, 0, 2, 3).toISOString()', '2026-01-02T03:00:00.000Z'],
    ['new Date("2026-01-02T03:00").toISOString()', '2026-01-02T03:00:00.000Z'],
    ['new Date("2026-01-02T03:00+02:00").toISOString()', '2026-01-02T01:00:00.000Z'],
    ['new Date("Jan 2 2026 03:00").toISOString()', '2026-01-02T03:00:00.000Z'],
    ['new Date(String(new Date())).toISOString()', '2026-11-20T12:00:00.000Z'],
    ['new Date().getHours()', 12],
    ['new Date().getTimezoneOffset()', 0],
    ['String(new Date())', 'Fri Nov 20 2026 12:00:00 GMT+0000 (Coordinated Universal Time)'],
    ['new Date() instanceof Date', true],
    ['new Date(NaN).toLocaleString()', 'Invalid Date'],
    ['JSON.stringify(new Date(0))', '"1970-01-01T00:00:00.000Z"'],
  ])('is that of the event, in UTC: %s', async (expression, value) => {
    expect(await posted(expression)).toBe(value);
  });
});

describe('The realm', () => {
  test.each(['process', 'require', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics', 'parley'])(
    'has no %s',
    async (name) => {
      expect(await posted(`typeof globalThis.${name}`)).toBe('undefined');
    },
  );

  test('can hash and get random values with bot-sdk', async () => {
    const source = `import { sha256, hmacSha256, randomHex } from 'bot-sdk';
      export default class Bot { constructor(ctx) { this.ctx = ctx }
        on_init() { this.ctx.post('bot', { a: sha256('abc'), b: sha256(new Uint8Array([97, 98, 99])), c: hmacSha256('key', 'abc'), d: randomHex(4) }) } }`;

    const { effects } = await runHook(program(source), INPUT, DEFAULT_LIMITS);

    expect(effects).toMatchObject([
      {
        body: {
          a: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          b: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          c: '9c196e32dc0175f86f4b1cb89289d6619de6bee699e4c378e68309ed97a1a6ab',
          d: expect.stringMatching(/^[0-9a-f]{8}$/),
        },
      },
    ]);
  });
});
