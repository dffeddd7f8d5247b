import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Dockerode from 'dockerode';
import { SANDBOX_LABEL } from '../../src/runtime/docker/sandbox-scheduler.js';
import { eventually } from '../support/rooms.js';
import { describeWithDocker } from '../support/sandbox.js';
import { Terminal } from './terminal.js';

const BOT = `import Big from 'big.js';
export default class Teller {
  constructor(ctx, { step }) { this.ctx = ctx; this.step = step ?? 1; }
  onInit() { this.ctx.post('control', { type: 'rules', text: 'Say go.\\nOr stop.' }); }
  onMessage({ sender, body }) {
    console.log('heard', body.text);
    if (body.text === 'fail') {
      throw new Error('as asked');
    }
    const n = Big(this.ctx.getState().n ?? 0).plus(this.step).toNumber();
    this.ctx.setState({ n });
    this.ctx.post('bot', { type: 'count', n, sender });
    if (body.text === 'time') this.ctx.setTimer('bell', 5);
    if (body.text === 'end') this.ctx.finish({ winner: sender });
  }
  onPrivateMessage(player, { body }) { this.ctx.dm(player, 'bot', { secret: body.text }); }
  onTimer(name) { this.ctx.post('bot', name + ' rings'); }
}
`;
const PYTHON = `class Teller:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        print('heard', msg['body']['text'])
        if msg['body']['text'] == 'fail':
            raise ValueError('as asked')
        self.ctx.post('bot', {'type': 'count', 'to': msg['sender']})
`;

/** A terminal that knows of no server. */
let terminal: Terminal;
beforeAll(() => {
  terminal = new Terminal({ url: 'http://127.0.0.1:9' }, { SANDBOX: 'embedded' });
});
afterAll(() => terminal[Symbol.dispose]());

function file(name: string, text: string, at = terminal) {
  const path = join(at.home, name);
  writeFileSync(path, text);
  return path;
}

describe('parley test runs a bot without a server', () => {
  test('and reports methods whose name is similar to a hook, and hooks that only the instance has', async () => {
    const near = `export default class Near {
      constructor(ctx) { this.ctx = ctx; this['on' + 'Message'] = () => ctx.post('bot', { type: 'heard' }); }
      onJion() {}
    }`;

    const { exitCode, stdout } = await terminal.run(['test', file('near.js', near), file('near.txt', 's1: go\n')]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Hooks: on_message\n');
    expect(stdout).toContain('Beware: onJion is not a hook and is never called. Did you mean onJoin?');
    expect(stdout).toContain('[heard]');
  });

  test('and shows its posts, private messages, output and timers step by step', async () => {
    const script = file(
      'script.txt',
      '# a game\njoin s1\ns1: go\ndm s1 psst\ns1: time\ntimer bell\ns1: end\nleave s1\n',
    );

    const { exitCode, stdout, stderr } = await terminal.run(['test', file('teller.js', BOT), script]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'Teller 1.0.0, javascript, in QuickJS, without a container (SANDBOX=embedded)',
      'Hooks: on_init, on_message, on_private_message, on_timer',
      '',
      'the bot is attached',
      '  control    [rules] Say go.',
      '             │ Or stop.',
      's1 joins (the bot has no hook for it)',
      's1: go',
      '  printed    heard go',
      '  bot        [count] n=1 sender=s1',
      's1 (to the bot alone): psst',
      '  to s1      secret=psst',
      's1: time',
      '  printed    heard time',
      '  bot        [count] n=2 sender=s1',
      '  timer      bell in 5 s',
      'timer bell',
      '  bot        bell rings',
      's1: end',
      '  printed    heard end',
      '  bot        [count] n=3 sender=s1',
      '  finish     {"winner":"s1"}',
      's1 leaves (the bot has no hook for it)',
      '',
      '6 hooks, 6 posts, no failure.',
      '',
    ]);
  });

  test('and shows a failed hook with its line and a special exit code; the script continues', async () => {
    const ended = await terminal.run(['test', file('teller.js', BOT), '-'], 's1: fail\ns1: go\n');

    expect(ended.exitCode).toBe(1);
    expect(ended.stdout).toContain(
      "  ✗ BOT_THREW: Error: as asked (line 8)\n       8 | throw new Error('as asked');\n",
    );
    expect(ended.stdout).toContain('[count] n=1');
    expect(ended.stdout).toContain('1 failure.');
  });

  test('without a script, with params and another seed, and in JSON', async () => {
    const rolls = `export default class Roll { constructor(ctx) { this.ctx = ctx; } onMessage() { this.ctx.post('bot', { value: this.ctx.random(1e9) }); } }`;
    const path = file('roll.js', rolls);
    const valuesOf = async (...more: string[]) => {
      const { stdout } = await terminal.run(['test', path, '--json', ...more]);
      const told = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      return told.flatMap(({ effects = [] }) => effects.map(({ body }: { body: { value: number } }) => body.value));
    };

    const [first, again, other] = [await valuesOf(), await valuesOf(), await valuesOf('--seed', 'x')];

    expect(first).toHaveLength(2);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const { stdout } = await terminal.run(['test', file('teller.js', BOT), '--params', '{"step":5}']);
    expect(stdout).toContain('[count] n=5');
  });

  test.each<[string, string, string, string[], string, string]>([
    ['is no JavaScript', 'a.js', 'export default class A { onInit( }', [], 'BOT_INVALID: ', '(1:'],
    ['has no class', 'a.js', 'const a = 1;', [], 'BOT_INVALID: ', 'a bot is one class'],
    ['has a function for its class', 'a.js', '\nexport default function f() {}', [], 'BOT_INVALID: ', '(line 2)'],
    [
      'is a module of Node without a class',
      'a.js',
      '\nexports.a = 1',
      [],
      'BOT_INVALID: ',
      'before the class (line 2)',
    ],
    ['is a module of Node', 'a.js', 'class A {}\nmodule.exports = A', [], 'BOT_INVALID: ', 'module.exports (line 2)'],
    ['requires', 'a.js', `\nrequire('fs')\nclass A {}`, [], 'BOT_INVALID: ', 'instead of require'],
    ['throws when it is made', 'a.js', 'class A { constructor() {\nthis.a.b } }', [], 'BOT_INVALID: ', '(line 2)'],
    [
      'takes a name that a package lacks',
      'a.js',
      `\nimport { y } from 'zod'\nclass A {}`,
      [],
      'BOT_INVALID: ',
      '(line 2)',
    ],
    [
      'imports when it begins',
      'a.js',
      `\nawait import('fs')\nclass A {}`,
      [],
      'MODULE_NOT_ALLOWED: ',
      'import fs (line 2)',
    ],
    [
      'imports what it may not',
      'a.js',
      `import x from 'left-pad'; export default class A { onInit() {} }`,
      [],
      'MODULE_NOT_ALLOWED: The bot imports a module that is not allowed: a bot cannot import left-pad (line 1)',
      '  allowed: bot-sdk, ',
    ],
    ['is Python where nothing runs it', 'a.py', PYTHON, [], 'SANDBOX_UNAVAILABLE: ', 'Start a container engine'],
    [
      'is given params that are wrong',
      'bot.js',
      BOT,
      ['--params', '{"step":"x"}', '--manifest', 'step.json'],
      'PARAMS: ',
      'step',
    ],
    ['has a manifest that is no JSON', 'a.js', BOT, ['--manifest', 'bad.json'], 'MANIFEST: ', ''],
    ['has a manifest that is not there', 'a.js', BOT, ['--manifest', 'nowhere.json'], 'FILE: ', ''],
    ['prints nothing and is called wrongly', 'a.js', BOT, ['timer.txt'], 'SCRIPT: no timer bell is set', ''],
  ])('and reports the server’s error if it %s', async (_, name, source, args, code, more) => {
    file('bad.json', '{');
    file(
      'step.json',
      JSON.stringify({
        name: 'Teller',
        permissions: { modules: ['big.js'], private_messages: true },
        params: { type: 'object', properties: { step: { type: 'integer' } } },
      }),
    );
    file('timer.txt', 'timer bell\n');

    const { exitCode, stderr } = await terminal.run(['test', file(name, source), ...args]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(code) });
    expect(stderr).toContain(more);
  });

  test.each([
    ['a file that is not there', ['/nowhere.js'], 'There is no file /nowhere.js'],
    ['a script that is not there', ['teller.js', '/nowhere.txt'], 'The script cannot be read'],
    ['a script with a line that is not a step', ['teller.js', 'odd.txt'], 'Line 2 of the script is not a step'],
    ['a sandbox that is invalid', ['teller.js', '--sandbox', 'none'], 'docker, embedded'],
  ])('and reports %s as a usage error', async (_, args, sentence) => {
    file('teller.js', BOT);
    file('odd.txt', 'join s1\ndance\n');

    const { exitCode, stderr } = await terminal.run(['test', ...args]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(sentence) });
  });

  test('and its output cannot control the terminal or hide text', async () => {
    const source = `export default class A { constructor(ctx) { this.ctx = ctx; } onInit() { console.log('\\x1b[2Jx\\ufe0f'); this.ctx.post('bot', { text: 'a\\u3164\\nb', '\\x1b[31m': 1 }); throw new Error('\\x9b2J'); } }`;

    const { stdout } = await terminal.run(['test', file('evil.js', source)]);

    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u3164]|\ufe0f/);
  });

  test('again after every change, until Ctrl-C', async () => {
    const path = file('watched.js', BOT);
    const script = file('watched.txt', 's1: go\n');
    const running = terminal.start('test', path, script, '--watch');
    await running.prints('2 posts, no failure.');

    writeFileSync(path, BOT.replace("type: 'count'", "type: 'changed'"));
    await running.prints('[changed] n=1');
    writeFileSync(path, 'class {');
    while (!running.errors().includes('BOT_INVALID')) await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(path, BOT);
    writeFileSync(script, 's1: fail\n');
    await running.prints('BOT_THREW');
    running.process.kill('SIGINT');

    expect((await running.ended).exitCode).toBe(0);
  });

  test('or says that this needs the whole repository if the command is installed alone', async () => {
    const alone = join(terminal.home, 'alone');
    mkdirSync(join(alone, 'dist'), { recursive: true });
    cpSync(resolve('dist/cli'), join(alone, 'dist', 'cli'), { recursive: true });
    writeFileSync(join(alone, 'package.json'), '{"type":"module"}');
    symlinkSync(resolve('node_modules'), join(alone, 'node_modules'));

    const run = () =>
      execFileSync(process.execPath, [join(alone, 'dist/cli/main.js'), 'test', file('teller.js', BOT)], {
        encoding: 'utf8',
        stdio: 'pipe',
      });

    expect(run).toThrow('NO_BOT_RUNNER');
  });

  test('for each preset that comes with the server', async () => {
    for (const preset of ['guess', 'blackjack', 'spell']) {
      const { exitCode, stdout } = await terminal.run(['test', resolve('bot-presets', preset)]);

      const { name } = JSON.parse(readFileSync(join('bot-presets', preset, 'manifest.json'), 'utf8'));
      expect({ preset, exitCode }).toEqual({ preset, exitCode: 0 });
      expect(stdout).toContain(name);
    }
  });
});

describeWithDocker('Where a container engine answers, a bot is tried in a container', () => {
  let contained: Terminal;
  beforeAll(() => {
    contained = new Terminal({ url: 'http://127.0.0.1:9' });
  });
  afterAll(() => contained[Symbol.dispose]());

  test('what a killed test left behind is removed by the next one, and nothing of a running test', async () => {
    const spinning = file('spin.js', 'class Spin { onInit() {} onMessage() { for (;;); } }', contained);
    const tmp = { TMPDIR: contained.home };
    const [dead, alive] = [await begun(spinning, tmp), await begun(spinning, tmp)];

    dead.process.kill('SIGKILL');
    await dead.ended;
    const before = await haveContainers([dead, alive]);
    const next = new Terminal({ url: 'http://127.0.0.1:9' }, tmp);
    await next.run(['test', file('teller.js', BOT, contained), file('nothing.txt', '', contained)]);
    const [isLeft] = await haveContainers([dead]);
    // Between two of its hooks it may have none for a moment.
    await eventually(async () => (await haveContainers([alive]))[0]);
    alive.process.kill('SIGTERM');
    await alive.ended;

    expect(before).toEqual([true, true]);
    expect(isLeft).toBe(false);
    expect(existsSync(dead.folder)).toBe(false);
    expect(await haveContainers([alive])).toEqual([false]);
    next[Symbol.dispose]();
  });

  test.each([
    ['teller.js', BOT, '(line 8)', '8 | throw new Error'],
    ['teller.py', PYTHON, 'line 8', ''],
  ])('%s', async (name, source, line, quoted) => {
    const script = file('script.txt', 's1: go\ns1: fail\n', contained);

    const { exitCode, stdout } = await contained.run(['test', file(name, source, contained), script]);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Teller 1\.0\.0, \w+, in a container\n/);
    expect(stdout).toContain('  printed    heard go\n  bot        [count] ');
    expect(stdout).toContain('as asked');
    expect(stdout).toContain(line);
    expect(stdout).toContain(quoted);
  });
});

/** The program behind the command, which plays a bot that is in its second hook, and has many more that last as long as they may. */
async function begun(path: string, env: { TMPDIR: string }) {
  const child = spawn(process.execPath, [resolve('dist/src/test-bot.js')], { env: { ...process.env, ...env } });
  child.stdin.end(JSON.stringify({ path, script: Array(30).fill(['say', 's1', 'go']) }));
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) if (JSON.parse(line).type === 'hook') break;
  const name = readdirSync(env.TMPDIR).find((each) => each.startsWith(`parley-test-${child.pid}-`));
  const folder = join(env.TMPDIR, String(name));
  return {
    process: child as ChildProcess,
    ended,
    folder,
    label: readFileSync(join(folder, 'sandbox-label'), 'utf8').trim(),
  };
}

/** Whether each of them has containers. */
const haveContainers = (tests: readonly { label: string }[]) =>
  Promise.all(
    tests.map(async ({ label }) => {
      const filters = { label: [`${SANDBOX_LABEL}=${label}`] };
      return (await new Dockerode().listContainers({ all: true, filters })).length > 0;
    }),
  );
