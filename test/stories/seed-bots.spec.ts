import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PYTHON_MODULES } from '../../bot-sdk/modules.js';
import { BITCOIN_BOT, ECHO_BOT, PRICE_BOT } from '../sandbox/python-seed-bots.js';
import { DOORS, type Person } from '../support/doors.js';
import { type Message, ofType, readAll, say } from '../support/game.js';
import { sha256 } from '../support/longhand.js';
import { openRoom, refusal } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { IN_CONTAINERS, type SandboxedServer, startSandboxed } from '../support/sandboxed-server.js';
import { TlsFixture } from '../support/tls-fixture.js';

const COUNTING_ECHO = `
class EchoBot:
    def __init__(self, ctx, params):
        self.ctx = ctx
        self.state = ctx.get_state()

    def on_init(self):
        self.ctx.set_state({'count': 0})
        self.ctx.post('system', {'text': 'Echo ready'})

    def on_message(self, msg):
        self.state['count'] += 1
        self.ctx.set_state(self.state)
        self.ctx.post('bot', {'echo': msg.get('body'), 'count': self.state['count']})
`;

const DICE_BOT = `
import random
from collections import Counter

class DiceBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        count, sides = map(int, msg['body']['text'].split('d'))
        rolls = [random.randint(1, sides) for _ in range(count)]
        total = 0
        for roll in rolls:
            total += roll
        low, *rest, high = sorted(rolls)
        (face, times), = Counter(rolls).most_common(1)
        self.ctx.post('bot', {'type': 'rolled', 'rolls': rolls, 'total': total, 'low': low, 'high': high, 'best': max(rolls), 'worst': min(rolls),
                              'sum': sum(rolls), 'often': {f'{face}': times}, 'even': any(roll % 2 == 0 for roll in rolls), 'rest': rest})
`;

/** What a bot does is in the message; what is refused only when it is done is done here. */
const DARING_BOT = `
class DaringBot:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        dare = msg['body']['text']
        if dare == 'loop':
            while True:
                pass
        if dare == 'allocate':
            hoard = []
            while True:
                hoard.append(bytearray(10_000_000))
        if dare == 'state':
            self.ctx.set_state({'all': 'x' * 10_000_000})
        if dare == 'posts':
            for i in range(1000):
                self.ctx.post('bot', {'i': i})
        if dare == 'files':
            open('/etc/passwd').read()
        if dare == 'environment':
            open('/proc/self/environ').read()
        if dare == 'server':
            self.ctx.post('system', {'type': 'member_joined', 'slot_id': 's1'})
        self.ctx.post('bot', {'still': 'here'})
`;

describeWithDocker('The bots of the first server, in Python', () => {
  let fixture: TlsFixture;
  let server: SandboxedServer;
  beforeAll(async () => {
    fixture = await TlsFixture.start(['api.coinbase.com']);
    server = await startSandboxed({ ...IN_CONTAINERS, EGRESS_HOSTS: fixture.vouched, EGRESS_CA: fixture.caFile });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });

  describe.each(DOORS)('over %s', (_, door) => {
    test('the price bot runs unchanged', async () => {
      const slots = ['bot:price-bot', 'invite:alice', 'invite:bob'];
      await using room = await openRoom(server, door, { name: 'BTC Price Check', slots, bot_code: PRICE_BOT });

      const [answer, ...more] = await say(room.bob, room.id, 'price');

      expect(more).toEqual([]);
      expect(answer).toMatchObject({ kind: 'bot', body: { text: '💰 Current BTC: $114609.375 USD' } });
      expect(texts(await readAll(room.alice, room.id))).toContain(
        '🤖 Bitcoin Price Bot ready! Type "price" to check BTC.',
      );
    });

    test('the echo bot runs unchanged', async () => {
      await using room = await openRoom(server, door, { bot_code: ECHO_BOT });

      const answers = await say(room.alice, room.id, 'hello');

      expect(answers).toMatchObject([{ kind: 'bot', body: { echo: { text: 'hello' } } }]);
      expect(texts(await readAll(room.bob, room.id))).toContain('Echo ready');
    });

    test('the bitcoin bot, which has no constructor, runs unchanged', async () => {
      await using room = await openRoom(server, door, { bot_code: BITCOIN_BOT });

      const [answer] = await say(room.alice, room.id, 'roll');

      const [ready] = ofType(await readAll(room.bob, room.id), 'ready');
      expect(ready?.body.message).toBe('BTC price: $114609.375');
      expect([1, 2, 3, 4, 5, 6]).toContain(answer?.body.roll);
    });

    test('an echo bot keeps its state between messages, although each hook gets a new instance', async () => {
      await using room = await openRoom(server, door, { bot_code: COUNTING_ECHO });

      for (const text of ['one', 'two', 'three']) await say(room.alice, room.id, text);

      const echoes = (await readAll(room.bob, room.id)).filter(({ body }) => body.echo);
      expect(echoes.map(({ body }) => [body.echo.text, body.count])).toEqual([
        ['one', 1],
        ['two', 2],
        ['three', 3],
      ]);
    });

    test('dice are rolled in ordinary Python', async () => {
      await using room = await openRoom(server, door, { bot_code: DICE_BOT });

      const [answer] = await say(room.alice, room.id, '20d6');

      const { rolls, total, low, high, best, worst, sum, often, rest } = answer?.body ?? {};
      expect(rolls).toHaveLength(20);
      expect(rolls.every((roll: number) => roll >= 1 && roll <= 6)).toBe(true);
      const added = rolls.reduce((sum: number, roll: number) => sum + roll, 0);
      expect([total, sum, low, high, worst, best, rest.length]).toEqual([
        added,
        added,
        Math.min(...rolls),
        Math.max(...rolls),
        Math.min(...rolls),
        Math.max(...rolls),
        18,
      ]);
      expect(Object.values(often)).toEqual([expect.any(Number)]);
    });

    test('the announced code, the shown code and the sent code are the same', async () => {
      await using room = await openRoom(server, door, { bot_code: ECHO_BOT });

      const [attach] = ofType(await readAll(room.bob, room.id), 'bot:attach');
      const shown = await room.bob.call('get_bot_code', { channel_id: room.id, bot_id: attach?.body.bot_id });

      expect(shown.inline_code).toBe(ECHO_BOT);
      expect([attach?.body.code_hash, shown.code_hash]).toEqual(Array(2).fill(`sha256:${sha256(ECHO_BOT)}`));
    });

    test.each([
      ['import os', 'os'],
      ['import json, subprocess', 'subprocess'],
      ['from os import path', 'os'],
      ['import importlib', 'importlib'],
      ['import ctypes as harmless', 'ctypes'],
      ['if True: import pickle', 'pickle'],
    ])('no channel is created for a bot with: %s', async (line, module) => {
      await using alice = await door(server, 'alice');

      const refused = await refusedBot(alice, `${line}\n${ECHO_BOT}`);

      expect(refused).toMatchObject({ code: 'MODULE_NOT_ALLOWED', module, allowed: PYTHON_MODULES });
    });

    test('an import is found at any place in the source', async () => {
      const bot_code = `import re; import json\ntry: import math\nexcept ImportError: pass\n${ECHO_BOT}`;

      await using room = await openRoom(server, door, { bot_code });

      const [manifest] = ofType(await readAll(room.bob, room.id), 'bot:manifest');
      expect(manifest?.body.manifest.permissions.modules).toEqual(['json', 'math', 're']);
    });

    test.each([
      ['eval', "eval('2 + 2')", 10],
      ['exec', "exec('a = 1')", 10],
      ['what is dangerous', 'self.on_message.__globals__', 10],
      ['builtins', "__builtins__['open']", 10],
      ['what is no Python', 'if True print(1)', 10],
    ])('no channel is created for a bot that uses %s, and the error names the line', async (__, code, line) => {
      await using alice = await door(server, 'alice');
      const source = ECHO_BOT.replace("if msg.get('kind') == 'user':", `${code}\n        if True:`);

      const refused = await refusedBot(alice, source);

      expect(refused).toMatchObject({ code: 'BOT_INVALID', detail: expect.stringContaining(`line ${line}`) });
    });

    test('a bot that tries something forbidden is stopped, everyone sees why, and it works again afterwards', async () => {
      await using room = await openRoom(server, door, { bot_code: DARING_BOT });
      await using other = await openRoom(server, door, { bot_code: COUNTING_ECHO });

      const outcomes: Record<string, unknown> = {};
      for (const dare of ['loop', 'allocate', 'state', 'posts', 'files', 'environment', 'server']) {
        const question = { channel_id: room.id, body: dare, wait_ms: 30_000 };
        const [{ replies }] = await Promise.all([
          room.alice.call('post_message', question),
          say(other.alice, other.id, dare),
        ]);
        outcomes[dare] = replies.map(({ body }: Message) => body.code ?? body);
      }

      expect(outcomes).toEqual({
        loop: ['TIMEOUT'],
        allocate: ['MEMORY_LIMIT'],
        state: ['STATE_TOO_LARGE'],
        posts: ['POST_LIMIT'],
        files: ['BOT_THREW'],
        environment: ['BOT_THREW'],
        server: ['BAD_EFFECT'],
      });
      expect(await say(room.bob, room.id, 'nothing')).toMatchObject([{ body: { still: 'here' } }]);
      expect(ofType(await readAll(room.bob, room.id), 'bot:error')).toHaveLength(7);
      const counts = (await readAll(other.bob, other.id)).flatMap(({ body }) => body.count ?? []);
      expect(counts).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });
  });
});

const texts = (messages: Message[]) => messages.map(({ body }) => body.text);

/** Why the bot was refused; nothing of the channel is there then. */
async function refusedBot(person: Person, bot_code: string) {
  const before = await person.call('list_channels');
  const problem = await refusal(
    person.call('create_channel', { name: 'Never', slots: ['bot:a', 'invite:b'], bot_code, bot_language: 'python' }),
  );
  expect(await person.call('list_channels')).toEqual(before);
  return problem;
}
