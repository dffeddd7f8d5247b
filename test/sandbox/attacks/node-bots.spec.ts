import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NODE_MODULES } from '../../../bot-sdk/modules.js';
import { NO_NETWORK } from '../../../src/runtime/runner.js';
import {
  BRIEF,
  DockerArena,
  type Ending,
  expectEnding,
  INPUT,
  javascript,
  javascriptTogether,
  PATIENT,
  posted,
} from '../../support/arena.js';
import { describeWithDocker } from '../../support/sandbox.js';

const THREW: Ending = ['threw', 'BOT_THREW'];
const TIMEOUT: Ending = ['timed_out', 'TIMEOUT'];
const MEMORY: Ending = ['killed', 'MEMORY_LIMIT', 'RUNNER_CRASHED'];
const CRASHED: Ending = ['killed', 'RUNNER_CRASHED'];
const REFUSED: Ending = ['threw', 'MODULE_NOT_ALLOWED'];

const WITH_MODULES = {
  modules: NODE_MODULES,
  top: `import fs from 'node:fs'; import { readFile } from 'node:fs/promises'; import http from 'node:http'; import https from 'node:https';
      import tls from 'node:tls'; import zlib from 'node:zlib'; import crypto from 'node:crypto';
      import events from 'node:events'; import util from 'node:util'; import { Buffer } from 'node:buffer';
      const HOST = fs.readFileSync.constructor, hostObject = Object.getPrototypeOf(HOST.prototype);
      const caught = (act) => { try { return act() } catch (error) { return error.code ?? error.name } };`,
};

const ATTACKS: [name: string, body: string, ending: Ending][] = [
  ['loops for ever', 'for (;;);', TIMEOUT],
  ['waits for a promise that nothing settles', 'await new Promise(() => {})', ['threw', 'BOT_THREW']],
  [
    'keeps itself busy with timers of the host',
    `const beat = () => fs.promises.readdir('/workspace').then(beat); await beat()`,
    TIMEOUT,
  ],
  ['hashes for ever', `crypto.pbkdf2Sync('a', 'b', 2 ** 31 - 1, 64, 'sha512')`, TIMEOUT],
  ['says for its process what is no frame', `fs.writeSync(4, Buffer.from([0, 0, 0, 2, 1, 0x7b])); for (;;);`, CRASHED],
  [
    'says for its process what is no message',
    `fs.writeSync(4, Buffer.from([0, 0, 0, 5, 1, 0x6e, 0x75, 0x6c, 0x6c])); for (;;);`,
    CRASHED,
  ],
  ['fills memory outside the heap', `const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1))`, MEMORY],
  [
    'unpacks a bomb',
    `let bomb = zlib.gzipSync(Buffer.alloc(1 << 27)); const all = []; for (;;) all.push(zlib.gunzipSync(bomb))`,
    MEMORY,
  ],
  [
    'fills memory and workspace',
    `fs.writeFileSync('a', Buffer.alloc(90 << 20, 1)); const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1))`,
    MEMORY,
  ],
  ['fills the workspace', `for (let i = 0; ; i++) fs.writeFileSync('f' + i, Buffer.alloc(1 << 22))`, THREW],
  ['makes many small files', `for (let i = 0; ; i++) fs.writeFileSync('f' + i, '')`, THREW],
  ['makes a large file of nothing', `fs.truncateSync('/workspace/x', 2 ** 40)`, THREW],
  ['digs deep', `let path = '/workspace'; for (;;) fs.mkdirSync(path += '/a')`, THREW],
  ['opens many files', `fs.writeFileSync('a', ''); for (;;) fs.openSync('a')`, THREW],
  ...[
    'node:child_process',
    'node:worker_threads',
    'node:module',
    'node:vm',
    'node:cluster',
    'node:process',
    'node:inspector',
    'node:net',
    'node:dgram',
    'node:dns',
    'node:os',
    'node:v8',
    'node:wasi',
    'node:test',
    'fs',
    'child_process',
    'data:text/javascript,export default 1',
    'file:///opt/sandbox/node/main.mjs',
    '/opt/sandbox/node/main.mjs',
    './main.mjs',
    'https://example.test/x.js',
    'lodash',
  ].map((name): [string, string, Ending] => [
    `imports ${name} at run time`,
    `await import(${JSON.stringify(name)})`,
    REFUSED,
  ]),
  ['imports half a character', `await import('\\ud800')`, REFUSED],
  ['imports without end', `for (let i = 0; ; i++) await import('x' + i).catch(() => {})`, TIMEOUT],
];

/** What comes of it, where the bot goes on. */
const PROBES: [name: string, body: string, found: unknown][] = [
  ...[
    '/etc/shadow',
    '/etc/passwd',
    '/proc/self/environ',
    '/proc/self/mem',
    '/proc/1/environ',
    '/proc/1/mem',
    '/proc/1/fd/0',
    '/proc/self/fd/3',
    '/proc/cpuinfo',
    '/dev/stdin',
    '/workspace/../etc/passwd',
    '/tmp',
    '/usr/local/bin/node',
  ].map((path): [string, string, unknown] => [
    `reads ${path}`,
    `[caught(() => fs.readFileSync('${path}')), await readFile('${path}').catch((e) => e.code)]`,
    [
      expect.stringMatching(/^(ERR_ACCESS_DENIED|ENOENT|EACCES)$/),
      expect.stringMatching(/^(ERR_ACCESS_DENIED|ENOENT|EACCES)$/),
    ],
  ]),
  [
    'reads the environment of its process',
    `[typeof process, caught(() => fs.readFileSync('/proc/self/environ'))]`,
    ['undefined', 'ERR_ACCESS_DENIED'],
  ],
  [
    'writes outside its workspace',
    `['/x', '/tmp/x', '/opt/sandbox/x', '/dev/shm/x', '/workspace/../x', '/proc/self/oom_score_adj'].map((path) => caught(() => fs.writeFileSync(path, 'x')))`,
    Array(6).fill('ERR_ACCESS_DENIED'),
  ],
  [
    'changes the harness',
    `[caught(() => fs.writeFileSync('/opt/sandbox/node/main.mjs', '')), caught(() => fs.rmSync('/opt/sandbox', { recursive: true }))]`,
    [expect.stringMatching(/^E/), expect.stringMatching(/^E/)],
  ],
  [
    'links out of its workspace',
    `[caught(() => fs.symlinkSync('/etc/passwd', '/workspace/a')), caught(() => fs.linkSync('/opt/sandbox/node/main.mjs', '/workspace/b'))]`,
    [expect.stringMatching(/^(E|ERR)/), expect.stringMatching(/^(E|ERR)/)],
  ],
  [
    'connects past the broker',
    `await Promise.all([() => http.get('http://127.0.0.1:1/'), () => https.get('https://127.0.0.1:1/'), () => tls.connect({ host: '127.0.0.1', port: 1 }), () => http.get({ socketPath: '/var/run/docker.sock', path: '/' })].map((go) => new Promise((end) => { try { go().on('error', (e) => end('refused')).on('response', () => end('reached')) } catch (e) { end('refused') } })))`,
    Array(4).fill('refused'),
  ],
  [
    'gets at its process by constructors',
    `[caught(() => HOST('return process')()), caught(() => HOST.constructor('return 1')()), caught(() => new HOST('return 1'))]`,
    ['EvalError', 'EvalError', 'EvalError'],
  ],
  [
    'looks for binding and require',
    `[typeof HOST.binding, typeof fs.binding, typeof events.process, typeof globalThis.require, typeof util.process]`,
    Array(5).fill('undefined'),
  ],
  [
    'listens',
    `[typeof http.createServer, typeof http.Server, typeof https.createServer]`,
    ['undefined', 'undefined', 'undefined'],
  ],
  [
    'draws keys that nobody else can',
    `[crypto.generateKeyPairSync, crypto.webcrypto, crypto.subtle, crypto.generateKeySync, crypto.createECDH, crypto.createDiffieHellman].map((f) => typeof f)`,
    Array(6).fill('undefined'),
  ],
];

/** JSON.stringify writes one as an escape. */
const HALF_A_CHARACTER = /\\ud[89a-f]/;

describeWithDocker('A bot with Node’s modules', () => {
  let arena: DockerArena;
  beforeAll(async () => {
    arena = await DockerArena.open();
  });
  afterAll(() => arena[Symbol.asyncDispose]());
  const finding = (find: string) => `ctx.post('bot', { it: ${find} })`;
  const attacks = javascriptTogether(
    ATTACKS.map(([, body]) => body),
    WITH_MODULES,
  );
  const probes = javascriptTogether(
    PROBES.map(([, find]) => finding(find)),
    WITH_MODULES,
  );

  test.each(ATTACKS)('that %s ends its own run', async (_, body, ending) => {
    const [bot, attempt] = attacks(body);

    const result = await arena.attack(bot, { ...attempt, limits: ending === TIMEOUT ? BRIEF : PATIENT });

    expectEnding(result, ending);
    expect(JSON.stringify(result)).not.toMatch(HALF_A_CHARACTER);
  });

  test.each(PROBES)('that %s has no effect', async (_, find, found) => {
    const result = await arena.attack(...probes(finding(find)));

    expect(posted(result)).toEqual([found]);
  });

  test('sees nothing of its previous hook', async () => {
    const leaving = javascript(
      `
      fs.writeFileSync('left', 'x'); fs.mkdirSync('a/b/c', { recursive: true }); fs.chmodSync('a', 0);
      hostObject.left = 1; HOST.prototype.left = 1; fs.left = 1; JSON.left = 1; globalThis.left = 1;
      ctx.post('bot', { it: [fs.readdirSync('/workspace').length, typeof hostObject.left, typeof HOST.prototype.left, typeof fs.left] })`,
      WITH_MODULES,
    );
    const looking = {
      ...leaving,
      executed: leaving.executed.replace(
        `this.ctx.post('bot', 'still here')`,
        `this.ctx.post('bot', { it: [fs.readdirSync('/workspace').length, typeof hostObject.left, typeof HOST.prototype.left, typeof fs.left] })`,
      ),
    };

    const first = await arena.runner.run(looking, INPUT, PATIENT, NO_NETWORK);
    const next = await arena.runner.run(
      looking,
      { ...INPUT, call: { hook: 'on_timer', name: 't' } },
      PATIENT,
      NO_NETWORK,
    );

    expect(posted(first)).toEqual([[2, 'number', 'number', 'number']]);
    expect(posted(next)).toEqual([[0, 'undefined', 'undefined', 'undefined']]);
  });
});
