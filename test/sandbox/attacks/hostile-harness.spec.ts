import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS, type RunLimits, type RunResult } from '../../../bot-sdk/contract.js';
import { Sandbox } from '../../../src/runtime/docker/sandbox.js';
import { type NetworkAccess, NO_NETWORK } from '../../../src/runtime/runner.js';
import { openEgress, openSession } from '../../egress/broker.js';
import { DockerArena, type Ending, expectEnding, INPUT, javascript, PATIENT } from '../../support/arena.js';
import { brokenIn, pythonProgram } from '../../support/break-in.js';
import { describeWithDocker } from '../../support/sandbox.js';

/** Speaks as our own harness does, as far as it is asked to. */
const SPEAKER = `
import json, os, struct, sys, time
def send(data):
    os.write(1, data) if len(data) <= 65536 else [os.write(1, data[i:i + 65536]) for i in range(0, len(data), 65536)]
def frame(kind, payload): send(struct.pack('>IB', len(payload) + 1, kind) + payload)
def text(raw): frame(1, raw.encode())
def say(**message): text(json.dumps(message))
def take(count):
    data = b''
    while len(data) < count: data += os.read(0, count - len(data)) or sys.exit()
    return data
def hear():
    length, kind = struct.unpack('>IB', take(5))
    payload = take(length - 1)
    return json.loads(payload) if kind == 1 else payload
OK = {'outcome': 'ok', 'effects': [], 'logs': [], 'ms': 1}
def done(result=OK, **more): say(**{'t': 'done', 'id': hook['id'], 'result': result, 'is_clean': True, 'cpu_ms': 1, **more})
def raw(result): text('{"t":"done","id":' + str(hook['id']) + ',"is_clean":true,"cpu_ms":1,"result":' + result + '}')
def effects(*effects): done({**OK, 'effects': list(effects)})
POST = {'type': 'post', 'kind': 'bot', 'body': {'a': 1}, 'state_version': 1, 'handle': '1:0'}
say(t='ready', runtime='of mine')
hear()
say(t='bound')
hook = hear()
`;

const WALL: RunLimits = { ...DEFAULT_LIMITS, wallMs: 1_000, cpuMs: 1_000 };
const CRASHED: Ending = ['killed', 'RUNNER_CRASHED'];
const TIMEOUT: Ending = ['timed_out', 'TIMEOUT'];
const OK: Ending = ['ok'];

/** The line that says how many were cut stands behind the limit. */
const NOTE_OF_CUT = 100;

const FRAMES: [name: string, python: string, ending: Ending][] = [
  ['a frame of 100 MB', `send(struct.pack('>IB', 100 << 20, 1) + bytes(1 << 20)); time.sleep(60)`, CRASHED],
  ['a frame of 4 GB', `send(struct.pack('>IB', 0xfffffff0, 1)); time.sleep(60)`, CRASHED],
  ['a frame of nothing', `send(struct.pack('>IB', 0, 1)); time.sleep(60)`, CRASHED],
  ['a frame of no known type', `frame(9, b'{}'); time.sleep(60)`, CRASHED],
  ['bytes that are no frame', `send(b'print me' * 1000); time.sleep(60)`, CRASHED],
  ['half a frame', `send(struct.pack('>IB', 100, 1) + b'{'); time.sleep(60)`, TIMEOUT],
  ['JSON that is invalid', `text('{"t":'); time.sleep(60)`, CRASHED],
  ['JSON that is no message', `text('null'); time.sleep(60)`, CRASHED],
  ['a list', `text('[]'); time.sleep(60)`, CRASHED],
  ['a message of no known kind', `say(t='exec', command='id'); time.sleep(60)`, CRASHED],
  ['a message that is the server’s', `say(t='hook', id=1, input={}); time.sleep(60)`, CRASHED],
  ['text that is no UTF-8', `frame(1, b'"' + bytes(range(128, 256)) + b'"'); time.sleep(60)`, CRASHED],
  ...['open', 'end', 'closed', 'web', 'done'].flatMap((kind): [string, string, Ending][] =>
    ['c', 'id', 'host', 'request'].map((field) => [
      `a message "${kind}" whose ${field} is nested half a million deep`,
      `text('{"t":"${kind}","n":0,"port":443,"${field}":' + '[' * 500000 + ']' * 500000 + '}'); time.sleep(60)`,
      CRASHED,
    ]),
  ),
  ['a tunnel with a number that is invalid', `say(t='open', c=None, host='a.test', port=443); time.sleep(60)`, CRASHED],
  ['a tunnel with a number below all', `say(t='open', c=-1, host='a.test', port=443); time.sleep(60)`, CRASHED],
  ['a tunnel with a number above all', `say(t='open', c=2**32, host='a.test', port=443); time.sleep(60)`, CRASHED],
  ['a tunnel to a host that is invalid', `say(t='open', c=1, host={'a': 1}, port=443); time.sleep(60)`, CRASHED],
  ['a tunnel to a port that is invalid', `say(t='open', c=1, host='a.test', port='443; ls'); time.sleep(60)`, CRASHED],
  ['a kind that is every object’s', `say(t='constructor'); say(t='__proto__'); time.sleep(60)`, CRASHED],
  ['a kind that is a list', `say(t=['ready']); time.sleep(60)`, CRASHED],
  ['a flood of messages', `while True: say(t='closed', c=1, more='x' * 60000)`, CRASHED],
  ['a flood of answers to nothing', `while True: done(id=7, more='x' * 60000)`, CRASHED],
  ['a flood of tunnel bytes', `while True: frame(2, bytes(65536))`, CRASHED],
  ['a tunnel frame without a number', `frame(2, b'x'); time.sleep(60)`, CRASHED],
  ['a flood of complaints', `while True: os.write(2, bytes(65536))`, CRASHED],
  ['a flood of logs', `done({**OK, 'logs': ['x'] * 200000}); time.sleep(60)`, CRASHED],
  ['a large log', `done({**OK, 'logs': ['x' * 1000000]}); time.sleep(60)`, OK],
  ['nothing at all', `time.sleep(60)`, TIMEOUT],
  ['nothing, and reads nothing', `os.close(0); time.sleep(60)`, TIMEOUT],
  ['that it is over', `sys.exit(0)`, CRASHED],
  ['that it was killed', `os.abort()`, CRASHED],
  ['an answer to another hook', `done(id=2); time.sleep(60)`, TIMEOUT],
  ['an answer to no hook', `done(id='1'); done(id=None); done(id=[1]); time.sleep(60)`, CRASHED],
  ['its answer twice', `done(); done({**OK, 'effects': [POST]}); time.sleep(60)`, OK],
  [
    'that it is ready, again and again',
    `[say(t='ready', runtime='x') for _ in range(100)]; [say(t='bound') for _ in range(100)]; done(); time.sleep(60)`,
    OK,
  ],
  ['that it is unbound', `say(t='unbound', error=None); done(); time.sleep(60)`, OK],
  ['a CPU time that is a lie', `done(cpu_ms=1e300); time.sleep(60)`, OK],
  ['a CPU time that is invalid', `done(cpu_ms={'a': 'NaN'}); time.sleep(60)`, OK],
];

const NO_RESULT = [
  'null',
  '7',
  '"ok"',
  '[]',
  '{}',
  '{"outcome":"great","effects":[],"logs":[]}',
  '{"outcome":"ok"}',
  '{"outcome":"ok","effects":{},"logs":[]}',
  '{"outcome":"ok","effects":[],"logs":{}}',
  '{"outcome":"ok","effects":[null],"logs":[]}',
  '{"outcome":"ok","effects":[],"logs":[],"state":null}',
  '{"outcome":"threw","logs":[]}',
  '{"outcome":"threw","logs":[],"error":{"code":"CODE_BLOCKED","detail":"x"}}',
  '{"outcome":"threw","logs":[],"error":{"code":"TIMEOUT","detail":"x"}}',
  '{"outcome":"killed","logs":[],"error":{"code":"QUEUE_FULL","detail":"x"}}',
  '{"outcome":"constructor","logs":[],"error":{"code":"name","detail":"x"}}',
  '{"outcome":"threw","logs":[],"error":{"code":"BOT_THREW","detail":{"toString":1}}}',
];

const FORGERIES = [
  ['a type of effect there is not', `effects({'type': 'transfer', 'to': 's1', 'amount': 100})`],
  ['a post without a kind', `effects({**POST, 'kind': None})`],
  ['a body that is no object', `effects({**POST, 'body': [1]})`],
  ['a post for a seat that is not here', `effects({**POST, 'kind': 'private', 'to': 's9'})`],
  ['a body over its limit', `effects({**POST, 'body': {'a': 'x' * 70000}})`],
  ['a thousand posts', `effects(*[POST] * 1000)`],
  ['bodies over the limit of all', `effects(*[{**POST, 'body': {'a': 'x' * 60000}}] * 20)`],
  ['twenty timers', `effects(*[{'type': 'timer_set', 'name': 't', 'seconds': 1}] * 20)`],
  ['a timer for ever', `effects({'type': 'timer_set', 'name': 't', 'seconds': 1e9})`],
  ['a reveal of nothing', `effects({'type': 'reveal', 'target': {'$ne': 1}})`],
  ['a round that ends twice', `effects({'type': 'finish', 'result': {}}, {'type': 'finish', 'result': {}})`],
  ['a state over its limit', `done({**OK, 'state': {'value': 'x' * 1100000, 'version': 2}})`],
  ['a state version that goes back', `done({**OK, 'state': {'value': 1, 'version': 0}})`],
  ['a state version that is invalid', `done({**OK, 'state': {'value': 1, 'version': 1.5}})`],
  ['a state version beyond counting', `done({**OK, 'state': {'value': 1, 'version': 2**53}})`],
  ['a post from before the state', `effects({**POST, 'state_version': 0})`],
  [
    'half of a character',
    `raw('{"outcome":"ok","logs":[],"effects":[{"type":"post","kind":"bot","state_version":1,"body":{"a":"\\\\ud800"}}]}')`,
  ],
  [
    'a body deeper than any',
    `raw('{"outcome":"ok","logs":[],"effects":[{"type":"post","kind":"bot","state_version":1,"body":{"a":' + '[' * 500000 + ']' * 500000 + '}}]}')`,
  ],
  [
    'a state deeper than any',
    `raw('{"outcome":"ok","logs":[],"effects":[],"state":{"version":2,"value":' + '{"a":' * 300000 + '1' + '}' * 300000 + '}}')`,
  ],
  [
    'a number beyond numbers',
    `raw('{"outcome":"ok","logs":[],"effects":[{"type":"post","kind":"bot","state_version":1,"body":{"a":1e999}}]}')`,
  ],
  ...['body', 'state', 'result', 'ops'].map((where) => [
    `__proto__ in ${where}`,
    `raw(${JSON.stringify(polluted(where))})`,
  ]),
];

describeWithDocker('A harness that is not ours', () => {
  let arena: DockerArena;
  let egress: ReturnType<typeof openEgress>;
  const refusals: unknown[] = [];
  const note = (reason: unknown) => refusals.push(reason);
  beforeAll(async () => {
    arena = await DockerArena.open({ pool: 0 });
    egress = openEgress({});
    process.on('unhandledRejection', note);
  });
  afterAll(async () => {
    process.off('unhandledRejection', note);
    await arena[Symbol.asyncDispose]();
  });

  /** What the server makes of a hook in a sandbox whose only process is this script. */
  async function hookOf(
    script: string,
    network: NetworkAccess = NO_NETWORK,
    limits = WALL,
  ): Promise<RunResult & { isReusable: boolean }> {
    const { engine } = arena.host;
    const options = brokenIn(arena.host, arena.label, pythonProgram(SPEAKER + script));
    const sandbox = await Sandbox.start(engine.docker, options);
    try {
      expect(await sandbox.bind(javascript(''), network.isOpen)).toBeUndefined();
      const { result, isReusable } = await sandbox.run(INPUT, limits, network);
      if (result.outcome !== 'ok') expect(result).toMatchObject({ effects: [] });
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      expect(refusals).toEqual([]);
      return { ...result, isReusable };
    } finally {
      await sandbox.destroy();
    }
  }

  /**
   * What the server makes of each of these hooks, one after the other in one sandbox: what is no answer ends its hook and not
   * the line, and where it does end the line too, the next are asked in a new one.
   */
  async function hooksOf(scripts: readonly string[]): Promise<Map<string, RunResult>> {
    const results = new Map<string, RunResult>();
    for (let from = 0; from < scripts.length; ) {
      const acts = scripts.slice(from).map((script) => `lambda: (${script})`);
      const program = `${SPEAKER}\nfor act in [${acts}]:\n    act()\n    hook = hear()\n`;
      const options = brokenIn(arena.host, arena.label, pythonProgram(program));
      const sandbox = await Sandbox.start(arena.host.engine.docker, options);
      try {
        expect(await sandbox.bind(javascript(''), false)).toBeUndefined();
        while (from < scripts.length && sandbox.isUsable) {
          const { result, isReusable } = await sandbox.run(INPUT, PATIENT, NO_NETWORK);
          if (result.outcome !== 'ok') expect(result).toMatchObject({ effects: [] });
          expect([isReusable, ({} as Record<string, unknown>).polluted, refusals]).toEqual([false, undefined, []]);
          results.set(scripts[from++] as string, result);
        }
      } finally {
        await sandbox.destroy();
      }
    }
    return results;
  }

  const rawly = (result: string) => `raw(${JSON.stringify(result)})`;
  let answers: Promise<Map<string, RunResult>> | undefined;
  const answered = () => {
    answers ??= hooksOf([...NO_RESULT.map(rawly), ...FORGERIES.map(([, script]) => script as string)]);
    return answers;
  };

  test.each(FRAMES)('that sends %s affects only its own run', async (_, script, ending) => {
    const { isReusable, ...result } = await hookOf(script, NO_NETWORK, ending === TIMEOUT ? WALL : PATIENT);

    expectEnding(result, ending);
    expect(isReusable).toBe(ending[0] === 'ok');
    expect(result.logs.join('').length).toBeLessThanOrEqual(DEFAULT_LIMITS.logBytes + NOTE_OF_CUT);
  });

  test.each(NO_RESULT)('that answers %s counts as not answering', async (result) => {
    expectEnding((await answered()).get(rawly(result))!, CRASHED);
  });

  test.each(FORGERIES)('that forges %s counts as not answering', async (_, script) => {
    expectEnding((await answered()).get(script)!, CRASHED);
  });

  test('cannot add fields to a post that a bot cannot set', async () => {
    const { effects } = await hookOf(
      `effects({**POST, 'kind': 'system', 'sender': 'system', 'seq': 1, 'bot_id': 'bot_other', 'msg_id': 1, 'handle': '9:9', 'verified': True, 'sealed': 'yes'}); time.sleep(60)`,
    );

    expect(effects).toEqual([
      { type: 'post', kind: 'bot', label: 'system', body: { a: 1 }, state_version: 1, handle: '1:0' },
    ]);
  });

  test('cannot add fields to a failure that a bot cannot set', async () => {
    const { error } = await hookOf(
      `done({'outcome': 'threw', 'logs': [], 'error': {'code': 'BOT_THREW', 'detail': 'x' * 100000, 'fix': 'Ask me.', 'status': 200}}); time.sleep(60)`,
    );

    expect(error).toEqual({ code: 'BOT_THREW', detail: 'x'.repeat(500) });
  });

  describe('that sends a network request', () => {
    const REQUESTS: [string, string][] = [
      ['out of turn', `say(t='web', id=1, n=5, request={})`],
      ['before the first', `say(t='web', id=1, n=-1, request={})`],
      [
        'a thousand times',
        `for n in range(1000): say(t='web', id=1, n=n, request={'kind': 'fetch', 'url': 'https://a.test', 'method': 'GET', 'headers': {}})`,
      ],
    ];

    test.each(REQUESTS)('%s is stopped', async (_, script) => {
      await using session = openSession(egress, ['a.test']);
      const network = { isOpen: true, ask: session.ask, tunnel: NO_NETWORK.tunnel };

      expectEnding(await hookOf(`${script}\ntime.sleep(60)`, network), TIMEOUT);
    });

    test.each([
      'None',
      '7',
      '[]',
      '{}',
      `{'kind': 'exec'}`,
      `{'kind': 'fetch'}`,
      `{'kind': 'fetch', 'url': 7, 'method': 'GET', 'headers': {}}`,
      `{'kind': 'fetch', 'url': 'https://a.test', 'method': 'GET\\r\\nx', 'headers': {'a\\r\\n': 'b\\r\\nc'}}`,
      `{'kind': 'fetch', 'url': 'https://a.test', 'method': 'GET', 'headers': None, 'body': {'a': 1}}`,
      `{'kind': 'fetch', 'url': 'https://a.test', 'method': 'POST', 'headers': {}, 'body': 'x' * 2000000}`,
      `{'kind': 'tls', 'host': 'a.test', 'port': 99999}`,
      `{'kind': 'tls', 'host': {'a': 1}, 'port': None}`,
      `{'kind': 'fetch', 'url': 'file:///etc/passwd', 'method': 'GET', 'headers': {}}`,
    ])('for %s is refused', async (request) => {
      await using session = openSession(egress, ['a.test']);
      const network = { isOpen: true, ask: session.ask, tunnel: NO_NETWORK.tunnel };
      const script = `say(t='web', id=1, n=0, request=${request})\nanswer = hear()['answer']\neffects({**POST, 'body': answer}); time.sleep(60)`;

      const { effects } = await hookOf(script, network, PATIENT);

      expect(effects).toMatchObject([{ body: { kind: 'failed' } }]);
    });

    test('and does not read the answer is cut off', async () => {
      const body = 'x'.repeat(3 << 20);
      const network: NetworkAccess = {
        isOpen: true,
        ask: async () => ({ kind: 'failed', code: 'UNREACHABLE', detail: body }),
        tunnel: NO_NETWORK.tunnel,
      };
      const script = `for n in range(10): say(t='web', id=1, n=n, request={})\ntime.sleep(60)`;

      const { error } = await hookOf(script, network, PATIENT);

      expect(error).toEqual({ code: 'RUNNER_CRASHED', detail: 'it does not read' });
    });

    test.each([
      ['a host that is not declared', `c=1, host='b.test', port=443`],
      ['an address', `c=1, host='127.0.0.1', port=443`],
      ['a port below all', `c=1, host='a.test', port=-443`],
      ['a port above all', `c=1, host='a.test', port=2**40`],
      ['a host that is a page long', `c=1, host='a' * 100000, port=443`],
    ])('through a tunnel to %s is refused', async (_, asked) => {
      await using session = openSession(egress, ['a.test']);
      const tunnel = async (host: string, port: number) => {
        const opened = await session.open(host, port);
        if ('kind' in opened) throw new Error(opened.detail);
        return opened;
      };
      const script = `say(t='open', ${asked})\nanswer = hear()\neffects({**POST, 'body': {'t': answer['t']}}); time.sleep(60)`;

      const { effects } = await hookOf(script, { isOpen: true, ask: session.ask, tunnel }, PATIENT);

      expect(effects).toMatchObject([{ body: { t: 'refused' } }]);
    });
  });

  test.each([
    ['nothing', 'pass'],
    ['something else', `import os; os.write(1, b'ready when you are')`],
    ['a result', `import os; os.write(1, b'\\0\\0\\0\\x0d\\x01{"t":"done"}')`],
  ])('that begins with %s is not used as a sandbox', async (_, script) => {
    const options = brokenIn(arena.host, `begins-${randomUUID()}`, pythonProgram(script));

    await expect(Sandbox.start(arena.host.engine.docker, options)).rejects.toThrow('did not start');
  });

  test.each([
    'None',
    '{}',
    '7',
    `{'code': 'CODE_BLOCKED', 'detail': {'toString': 1}, 'module': [1], 'allowed': 'x' * 10000}`,
  ])('that fails to bind with %s gives a short error with a fixed code', async (error) => {
    const script = SPEAKER.replace(`say(t='bound')`, `say(t='unbound', error=${error})`);
    const sandbox = await Sandbox.start(
      arena.host.engine.docker,
      brokenIn(arena.host, arena.label, pythonProgram(script)),
    );

    const fault = await sandbox.bind(javascript(''), false).finally(() => sandbox.destroy());

    expect(fault?.code).toBe('BOT_THREW');
    expect(JSON.stringify(fault).length).toBeLessThan(2_000);
  });
});

/** A result with a prototype where only JSON should be. */
function polluted(where: string): string {
  const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  const of = (effect: string) => `{"outcome":"ok","logs":[],"effects":[${effect}]}`;
  if (where === 'state') return `{"outcome":"ok","logs":[],"effects":[],"state":{"version":2,"value":${evil}}}`;
  if (where === 'result') return of(`{"type":"finish","result":${evil}}`);
  if (where === 'ops') return of(`{"type":"update_channel","ops":[${evil}]}`);
  return of(`{"type":"post","kind":"bot","state_version":1,"body":${evil}}`);
}
