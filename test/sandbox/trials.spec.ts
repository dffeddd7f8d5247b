import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type Language } from '../../bot-sdk/contract.js';
import { nearMisses, trialInput } from '../../bot-sdk/trial.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { NO_NETWORK, NO_PRIORITY, type Runner } from '../../src/runtime/runner.js';
import { openDockerRunner } from '../support/docker-runner.js';
import { executableOf } from '../support/inline-bot.js';
import { describeWithDocker } from '../support/sandbox.js';

const setting = { bundleHash: 'sha256:00', params: { size: 3 }, needsEnv: ['API_KEY'] };

const tryOut = (runner: Runner, source: string, language: Language) =>
  runner.tryOut(executableOf(source, language), trialInput(setting), DEFAULT_LIMITS, NO_NETWORK, NO_PRIORITY);

type Bots = readonly (readonly [case_: string, source: string, hooks: string[], near?: string[]])[];

const JAVASCRIPT: Bots = [
  ['methods', 'class Bot { onInit() {} on_join() {} }', ['on_init', 'on_join']],
  ['on the prototype', 'class Bot {}\nBot.prototype.onMessage = function () {};', ['on_message']],
  ['assigned in the constructor', 'class Bot { constructor(ctx) { this.onTimer = () => {}; } }', ['on_timer']],
  [
    'assigned for its params',
    'class Bot { constructor(ctx, params) { if (params.size === 3) this.onTimer = () => {}; } }',
    ['on_timer'],
  ],
  [
    'computed',
    "const say = 'Message';\nclass Bot { ['on' + say]() {} [['on', 'timer'].join('_')] = () => {} }",
    ['on_message', 'on_timer'],
  ],
  [
    'of a mixin',
    'const Talk = (Base) => class extends Base { onMessage() {} };\nclass Bot extends Talk(Object) {}',
    ['on_message'],
  ],
  [
    'of a class that a call makes',
    'const mixed = (Base) => class extends Base { onMessage() {} };\nconst Game = mixed(Object);\nexport default Game;',
    ['on_message'],
  ],
  [
    'of an exported call',
    'const mixed = (Base) => class extends Base { onMessage() {} };\nexport default mixed(Object);',
    ['on_message'],
  ],
  [
    'of an object mixed in',
    'class Bot {}\nObject.assign(Bot.prototype, { onLeave() {}, onEvent() {} });',
    ['on_leave', 'on_event'],
  ],
  ['behind a getter', 'class Bot { get onInit() { return () => {}; } }', ['on_init']],
  [
    'of a proxy',
    'class Bot { constructor() { return new Proxy(this, { get: (it, name) => (name === "onInit" ? () => {} : it[name]) }); } }',
    ['on_init'],
  ],
  ['of a bound function', 'function take() {}\nclass Bot { onMessage = take.bind(null, 1); }', ['on_message']],
  ['that are no functions', 'class Bot { onInit = 5; onJoin = null; static onMessage() {} }', []],
  [
    'nearly named like one',
    'class Bot { onMesage() {} on_mesage() {} OnJoin() {} onTimre() {} onLeaves() {} onGuess() {} online() {} onReady() {} }',
    [],
    ['onMesage onMessage', 'on_mesage on_message', 'OnJoin onJoin', 'onTimre onTimer', 'onLeaves onLeave'],
  ],
  ['nearly named like one that it has', 'class Bot { onMessage() {} onMessages() {} }', ['on_message']],
  ['private to it', 'class Bot { #onMessage() {} onInit() { return this.#onMessage(); } }', ['on_init']],
];

const PYTHON: Bots = [
  [
    'methods',
    'class Bot:\n    def on_init(self): pass\n    async def onJoin(self, player): pass\n',
    ['on_init', 'on_join'],
  ],
  ['another function', 'def take(self, msg): pass\nclass Bot:\n    on_message = take\n', ['on_message']],
  [
    'given from outside',
    'class Bot: pass\nBot.on_message = lambda self, msg: None\nfor name in ("timer", "leave"):\n    setattr(Bot, "on_" + name, lambda self, it: None)\n',
    ['on_leave', 'on_message', 'on_timer'],
  ],
  [
    'given to the instance',
    'class Bot:\n    def __init__(self, ctx, params):\n        if params["size"] == 3:\n            self.on_timer = lambda name: None\n',
    ['on_timer'],
  ],
  [
    'partial',
    'import functools\ndef take(size, self, msg): pass\nclass Bot:\n    on_message = functools.partial(take, 3)\n    on_join = functools.partialmethod(take, 3)\n',
    ['on_join', 'on_message'],
  ],
  [
    'inherited',
    'class Talk:\n    def on_message(self, msg): pass\nclass Base(Talk): pass\nclass Bot(Base):\n    def on_init(self): pass\n',
    ['on_init', 'on_message'],
  ],
  [
    'of a decorated class',
    'def with_timer(cls):\n    cls.on_timer = lambda self, name: None\n    return cls\n@with_timer\nclass Bot:\n    pass\n',
    ['on_timer'],
  ],
  [
    'of a class that a function makes',
    'def make():\n    class Inner:\n        def on_init(self): pass\n    return Inner\nBot = make()\n',
    ['on_init'],
  ],
  [
    'found when they are looked for',
    'class Bot:\n    def __getattr__(self, name):\n        if name == "on_init":\n            return lambda: None\n        raise AttributeError(name)\n',
    ['on_init'],
  ],
  ['that cannot be called', 'class Bot:\n    on_init = 5\n    on_join = None\n', []],
  [
    'nearly named like one',
    'class Bot:\n    def on_mesage(self, msg): pass\n    def onMesage(self, msg): pass\n    def On_Join(self, p): pass\n    def on_guess(self): pass\n    def once(self): pass\n',
    [],
    ['On_Join on_join', 'onMesage onMessage', 'on_mesage on_message'],
  ],
  ['behind a byte-order mark', '\uFEFFclass Bot:\n    def on_init(self): pass\n', ['on_init']],
];

const BROKEN_JAVASCRIPT: readonly (readonly [string, string, RegExp])[] = [
  ['module.exports', 'class Bot { onInit() {} }\nmodule.exports = Bot;', /^ReferenceError: .*module.*\(line 2\)$/],
  ['require()', "\nconst fs = require('fs');\nclass Bot { onInit() {} }", /^ReferenceError: .*require.*\(line 2\)$/],
  ['a throw at the top level', "class Bot { onInit() {} }\n\nthrow new Error('no');", /^Error: no \(line 3\)$/],
  [
    'a throw in the constructor',
    "class Bot {\n  constructor() {\n    throw new TypeError('no');\n  }\n}",
    /^TypeError: no \(line 3\)$/,
  ],
  ['a name before its time', 'const a = b;\nconst b = 1;\nclass Bot {}', /^ReferenceError: .* \(line 1\)$/],
  ['a top level that waits for ever', 'await new Promise(() => {});\nclass Bot {}', /waits for a promise/],
];

const BROKEN_PYTHON: readonly (readonly [string, string, RegExp])[] = [
  [
    'an unknown name',
    'class Bot:\n    def on_init(self): pass\n\nsay(1)\n',
    /^NameError: name 'say' is not defined.* \(line 4\)$/,
  ],
  ['a raise at the top level', 'raise ValueError("no")\nclass Bot: pass\n', /^ValueError: no \(line 1\)$/],
  [
    'a raise in __init__',
    'class Bot:\n    def __init__(self, ctx, params):\n        self.n = 1 / 0\n',
    /^ZeroDivisionError: .* \(line 3\)$/,
  ],
  [
    'a class that wants more',
    'class Bot:\n    def __init__(self, ctx, params, more):\n        pass\n',
    /^TypeError: .*missing 1 required/,
  ],
  ['no Python', 'class Bot:\n    def on_init(self):\n        return (\n', /^SyntaxError: .* \(line 3\)$/],
  ['no class any more', 'class Bot: pass\nBot = 5\n', /^TypeError: there is no class Bot/],
];

const PLACES: [string, Language, () => Promise<Runner>][] = [
  ['JavaScript in the embedded runner', 'javascript', async () => new EmbeddedRunner(1)],
  ['JavaScript in a container', 'javascript', openDockerRunner],
  ['Python in a container', 'python', openDockerRunner],
];

for (const [place, language, open] of PLACES) {
  const describeHere = open === openDockerRunner ? describeWithDocker : describe;
  const isPython = language === 'python';

  describeHere(`A trial of ${place}`, () => {
    let runner: Runner;
    beforeAll(async () => {
      runner = await open();
    });
    afterAll(() => runner.close());

    test.each(isPython ? PYTHON : JAVASCRIPT)('finds hooks %s', async (_, source, hooks, near = []) => {
      const result = await tryOut(runner, source, language);

      expect(result).toMatchObject({ outcome: 'ok', effects: [] });
      expect(result.found?.hooks).toEqual(hooks);
      expect(nearMisses(result.found!).map(({ name, hook }) => `${name} ${hook}`)).toEqual(near);
    });

    test.each(isPython ? BROKEN_PYTHON : BROKEN_JAVASCRIPT)(
      'says why code cannot run: %s',
      async (_, source, detail) => {
        const result = await tryOut(runner, source, language);

        expect(result).toMatchObject({ outcome: 'threw', error: { code: 'BOT_THREW' } });
        expect(result.error?.detail).toMatch(detail);
        expect(result).not.toHaveProperty('found');
      },
    );

    test('has params, but no secrets, network, players or hook, and its own randomness', async () => {
      const source = isPython
        ? `import random, requests
class Bot:
    def __init__(self, ctx, params):
        seen = [params, ctx.env, ctx.players, ctx.get_state(), ctx.channel_id, random.random() == random.random()]
        try:
            ctx.fetch("https://api.example.org/")
        except Exception as error:
            seen.append(getattr(error, "code", str(error)))
        print(seen)
    def on_init(self):
        print("called")
`
        : `export default class Bot {
  constructor(ctx, params) {
    console.log(JSON.stringify([params, ctx.env, ctx.players, ctx.getState(), ctx.channel_id, ctx.random() === ctx.random()]));
    ctx.fetch('https://api.example.org/').catch((error) => console.log(error.code));
  }
  onInit() { console.log('called'); }
}`;

      const [first, second] = [await tryOut(runner, source, language), await tryOut(runner, source, language)];

      const said = first.logs.join(' ');
      expect(said).toContain('not-the-secret-API_KEY');
      expect(said).toContain('chn_trial');
      expect(said).not.toContain('called');
      expect({ ...second, ms: 0 }).toEqual({ ...first, ms: 0 });
      expect(first).toMatchObject({ outcome: 'ok', found: { hooks: ['on_init'] }, drew: true });
    });

    test('reports at most a fixed number of names', async () => {
      const source = isPython
        ? 'class Bot: pass\nfor i in range(500):\n    setattr(Bot, f"on_{i:0>50}", print)\n    setattr(Bot, f"on_{i}", print)\n'
        : `class Bot {}
for (let i = 0; i < 500; i++) Bot.prototype['on_' + i] = Bot.prototype['on_' + 'x'.repeat(50) + i] = () => {};`;

      const { found } = await tryOut(runner, source, language);

      expect(found?.hooks).toEqual([]);
      expect(found?.names).toHaveLength(64);
      expect(found?.names.filter((name) => !/^on_\d+$/.test(name))).toEqual([]);
    });
  });
}

describe('A trial of JavaScript', () => {
  test('does not trust what the bot says about its hooks', async () => {
    const runner = new EmbeddedRunner(1);
    const source = `Array.prototype.toJSON = () => ['on_init'];
Object.prototype.toJSON = () => ({ hooks: ['on_init'], names: ['onInit'] });
Reflect.ownKeys = () => ['onInit'];
class Bot { onMesage() {} }`;

    const { found } = await tryOut(runner, source, 'javascript');

    expect(found).toEqual({ hooks: [], names: ['onMesage'] });
    await runner.close();
  });
});

describeWithDocker('A trial in a container', () => {
  test('leaves no container behind, and its container is not reused for a hook', async () => {
    const runner = await openDockerRunner();

    await tryOut(runner, 'class Bot { onInit() {} }', 'javascript');
    await tryOut(runner, 'class Bot { constructor() { for (;;); } }', 'javascript').then((result) => {
      expect(result).toMatchObject({ outcome: 'timed_out' });
    });

    await runner.close();
    expect(runner.status.containers).toBe(0);
  });
});
