import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type HookInput } from './contract.js';
import { runHook } from './realm.js';
import { recheck } from './recheck.js';

const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_join', player: 's1' },
  now: '2026-11-20T12:00:00.000Z',
  params: {},
  state: null,
  state_version: 3,
  players: [],
  env: {},
  key: '00'.repeat(32),
  run: 2,
};
const check = (result: unknown) => recheck(result, INPUT, DEFAULT_LIMITS);
const ok = (effects: unknown[], more: object = {}) => ({ outcome: 'ok', effects, logs: [], ms: 1, ...more });
const post = (more: object = {}) => ({ type: 'post', kind: 'bot', body: {}, state_version: 3, handle: '2:0', ...more });

describe('The output of a runner', () => {
  test('passes unchanged if the kit made it', async () => {
    const source = `export default class Bot { constructor(ctx) { this.ctx = ctx }
      on_join(player) {
        const { ctx } = this;
        ctx.setState({ n: 1 }); ctx.post('bot', 'a'); ctx.post('status', 'b', { to: player });
        const { handle } = ctx.post('control', { c: [1] }, { sealed: true });
        ctx.setState({ n: 2 }); ctx.reveal(handle); ctx.reveal('1:4'); ctx.reveal(9);
        ctx.setTimer('t', 1.5); ctx.clearTimer('u'); ctx.updateChannel([{ type: 'rename', name: 'x' }]); ctx.finish({ winner: player });
        console.log('done');
      } }`;
    const result = await runHook({ executed: source, bundled: {} }, INPUT, DEFAULT_LIMITS);

    expect(result.effects).toHaveLength(10);
    expect(check(structuredClone(result))).toEqual(result);
  });

  test('passes unchanged if it is a failure', async () => {
    const result = await runHook(
      { executed: `import 'node:fs'; export default class Bot {}`, bundled: {} },
      INPUT,
      DEFAULT_LIMITS,
    );

    expect(result.error?.code).toBe('MODULE_NOT_ALLOWED');
    expect(check(structuredClone(result))).toEqual(result);
  });

  test('loses all fields that the contract does not define', () => {
    expect(check(ok([post({ verified: true, sender: 'system' })], { admin: true }))).toEqual(ok([post()]));
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'ok'],
    ['an unknown outcome', { outcome: 'fine', effects: [], logs: [], ms: 0 }],
    ['a failure without a reason', { outcome: 'threw', effects: [], logs: [], ms: 0 }],
    [
      'a reason of another failure',
      { outcome: 'threw', error: { code: 'TIMEOUT', detail: '' }, effects: [], logs: [], ms: 0 },
    ],
    ['no effects', { outcome: 'ok', logs: [], ms: 0 }],
    ['an effect that is null', ok([null])],
    ['an effect of no known type', ok([{ type: 'grant', role: 'admin' }])],
    ['fifty-one posts', ok(Array.from({ length: 51 }, () => post()))],
    ['a body that is too large', ok([post({ body: { text: 'x'.repeat(70_000) } })])],
    ['a body that is a Map', ok([post({ body: new Map() })])],
    ['a body with a date', ok([post({ body: { at: new Date(0) } })])],
    ['a private post for nobody here', ok([post({ kind: 'private', to: 's9' })])],
    ['a private post for nobody at all', ok([post({ kind: 'private' })])],
    ['a state version that goes back', ok([post({ state_version: 2 })])],
    ['a state version that stands still', ok([], { state: { value: 1, version: 3 } })],
    ['a state that is too large', ok([], { state: { value: 'x'.repeat(2 ** 20), version: 4 } })],
    ['a state with a prototype', ok([], { state: { value: JSON.parse('{"__proto__": 1}'), version: 4 } })],
    ['a reveal of its own that is not sealed', ok([post(), { type: 'reveal', target: '2:0' }])],
    ['a reveal of a path', ok([{ type: 'reveal', target: '../x' }])],
    [
      'two ends of a round',
      ok([
        { type: 'finish', result: {} },
        { type: 'finish', result: {} },
      ]),
    ],
    ['a timer without a name', ok([{ type: 'timer_set', seconds: 1 }])],
  ])('is refused if it is or has %s', (_, result) => {
    expect(() => check(result)).toThrow();
  });
});
