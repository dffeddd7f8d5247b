import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Chance } from '../../bot-sdk/chance.js';
import { bodies, describeWithPython, INPUT, message, PythonHarness, page } from './python-harness.js';
import { BITCOIN_BOT, ECHO_BOT, PRICE_BOT } from './python-seed-bots.js';

describeWithPython('The Python harness', () => {
  let harness: PythonHarness;
  beforeAll(async () => {
    harness = await PythonHarness.start();
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  describe('The bots of the first server', () => {
    test('Echo posts that it is ready and echoes', async () => {
      expect(await harness.bind(ECHO_BOT, { className: 'EchoBot', modules: [] })).toBeUndefined();

      const ready = await harness.hook();
      const echoed = await harness.hook({ call: { hook: 'on_message', msg: message('hello') } });

      expect(ready.effects).toEqual([
        { type: 'post', kind: 'bot', label: 'system', body: { text: 'Echo ready' }, state_version: 0, handle: '7:0' },
      ]);
      expect(bodies(echoed.effects)).toEqual([{ echo: { text: 'hello' } }]);
    });

    test('the price bot uses requests', async () => {
      harness.answer = page({ data: { amount: '114609.375' } });
      await harness.bind(PRICE_BOT, { className: 'BitcoinPriceBot', modules: ['requests'] });

      const ready = await harness.hook();
      const priced = await harness.hook({ call: { hook: 'on_message', msg: message('Price?') } });

      expect(bodies(ready.effects)).toEqual([{ text: '🤖 Bitcoin Price Bot ready! Type "price" to check BTC.' }]);
      expect(bodies(priced.effects)).toEqual([{ text: '💰 Current BTC: $114609.375 USD' }]);
      expect(harness.requests.at(-1)).toMatchObject({
        kind: 'fetch',
        url: 'https://api.coinbase.com/v2/prices/BTC-USD/spot',
        method: 'GET',
      });
    });

    test('the dice bot gets a ctx that its constructor does not take, and uses the randomness of the run', async () => {
      harness.answer = page({ data: { rates: { USD: '5' } } });
      await harness.bind(BITCOIN_BOT, { className: 'BitcoinBot' });

      const ready = await harness.hook();
      const rolled = await harness.hook({ call: { hook: 'on_message', msg: message('roll') } });

      expect(bodies(ready.effects)).toEqual([{ type: 'ready', message: 'BTC price: $5' }]);
      expect(bodies(rolled.effects)).toEqual([{ roll: new Chance(INPUT.key).below(6) + 1 }]);
    });
  });

  describe('The effects of a bot', () => {
    test('are the same as those of the JavaScript ledger', async () => {
      await harness.bind(
        'class Bot:\n    def on_init(self):\n        ctx = self.ctx\n' +
          '        assert ctx.get_state() == {} and ctx.state_version == 0\n' +
          '        ctx.set_state({"n": 1.0, "list": (1, 2.5, None), 3: "x"})\n' +
          '        said = ctx.dm("s1", "status", "hi")\n' +
          '        assert said == {"msg_id": "7:0", "handle": "7:0", "ts": ctx.now}\n' +
          '        ctx.reveal(ctx.post("control", {"secret": 1e22}, sealed=True))\n' +
          '        ctx.set_timer("turn", 0.2); ctx.clearTimer("turn")\n' +
          '        ctx.update_channel([{"op": "x"}]); ctx.finish()\n' +
          '        state = ctx.get_state(); state["n"] = 5; assert ctx.getState()["n"] == 1\n' +
          '        ctx.setState(state, expected_version=1)\n' +
          '        print("done", ctx.state_version); print("no newline", end="")\n',
      );

      const { told, is_clean, ...ran } = await harness.hook();

      expect(ran.effects).toEqual([
        {
          type: 'post',
          kind: 'private',
          label: 'status',
          body: { text: 'hi' },
          to: 's1',
          state_version: 1,
          handle: '7:0',
        },
        { type: 'post', kind: 'control', body: { secret: 1e22 }, sealed: true, state_version: 1, handle: '7:1' },
        { type: 'reveal', target: '7:1' },
        { type: 'timer_set', name: 'turn', seconds: 1 },
        { type: 'timer_clear', name: 'turn' },
        { type: 'update_channel', ops: [{ op: 'x' }] },
        { type: 'finish', result: {} },
      ]);
      expect(ran.state).toEqual({ value: { n: 5, list: [1, 2.5, null], 3: 'x' }, version: 2 });
      expect(ran.logs).toEqual(['done 2', 'no newline']);
      expect({ ...(told as object), ms: ran.ms }).toEqual(ran);
      expect(is_clean).toBe(true);
    });

    test.each([
      ['POST_LIMIT', 'for i in range(51): ctx.post("bot", "x")'],
      ['BODY_TOO_LARGE', 'ctx.post("bot", "x" * 70000)'],
      ['OUTPUT_LIMIT', 'for i in range(9): ctx.post("bot", "x" * 65000)'],
      ['STATE_TOO_LARGE', 'ctx.set_state("x" * 1100000)'],
      ['STALE_STATE', 'ctx.set_state({}, 4)'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": float("nan")})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": {1, 2}})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"a": 2 ** 60})'],
      ['BAD_EFFECT', 'ctx.post("bot", {"__proto__": 1})'],
      ['BAD_EFFECT', 'ctx.post("bot", "\\ud800")'],
      ['BAD_EFFECT', 'a = []\nfor i in range(50000): a = [a]\nctx.post("bot", {"a": a})'],
      ['BAD_EFFECT', 'ctx.dm("s9", "x", "y")'],
      ['BAD_EFFECT', 'ctx.set_timer("a b", 3)'],
      ['BAD_EFFECT', 'ctx.reveal("7:0")'],
    ])('are refused with %s: %s', async (code, body) => {
      const uncaught = await harness.init(`it = 1\n${body}`);
      const caught = await harness.init(
        `try:\n    ${body.replaceAll('\n', '\n    ')}\nexcept Exception as e:\n    print(e.code)\nit = 1`,
      );

      expect(uncaught.error).toMatchObject({ code });
      expect(caught.logs).toEqual([code]);
    });
  });
});
