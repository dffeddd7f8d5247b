import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import {
  DEFAULT_LIMITS,
  type Effect,
  type HookCall,
  type HookInput,
  type HookMessage,
  type Json,
  type RunError,
  type RunLimits,
} from '../../bot-sdk/contract.js';
import { PYTHON_MODULES } from '../../bot-sdk/modules.js';
import { recheck } from '../../bot-sdk/recheck.js';
import {
  FrameReader,
  type FromSandbox,
  JSON_FRAME,
  jsonFrame,
  type ToSandbox,
  tunnelFrame,
} from '../../bot-sdk/sandbox-protocol.js';
import type { WebAnswer, WebRequest } from '../../bot-sdk/web.js';

const HARNESS = join('sandbox-image', 'python');

/** A Python of this machine that has what the image has; the harness runs on it without a container. */
const PYTHON = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import requests, sys; sys.exit(sys.version_info < (3, 11))']).status === 0,
);
const isRequired = PYTHON !== undefined || process.env.CI === 'true';
if (!isRequired) console.warn('Skipped: no Python 3.11 with requests on this machine.');
export const describeWithPython: typeof describe.skip = isRequired ? describe : describe.skip;

export const INPUT: HookInput = {
  channel_id: 'chn_1',
  bot_id: 'bot_1',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.123Z',
  params: {},
  state: null,
  state_version: 0,
  players: [{ seat: 's1', label: 'alice', name: 'Alice' }],
  env: {},
  key: '00'.repeat(32),
  run: 7,
};

type Said = FromSandbox | { t: 'bytes'; c: number; bytes: Buffer };
type Asked = Partial<Omit<HookInput, 'call'>> & { call?: HookCall; limits?: Partial<RunLimits> };

/** The harness as the image starts it, spoken to as the server does, but on this machine and with a folder as workspace. */
export class PythonHarness implements AsyncDisposable {
  readonly workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
  readonly requests: WebRequest[] = [];
  answer: (request: WebRequest) => WebAnswer = () => ({ kind: 'failed', code: 'FETCH_BLOCKED', detail: 'not here' });
  /** What comes out of the other end of a tunnel for what goes in; undefined refuses it. */
  echo?: (bytes: Buffer) => Buffer;
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly said: Said[] = [];
  private heard = () => {};
  private hooks = 0;

  constructor() {
    this.process = spawn(PYTHON ?? 'python3', ['-I', '-B', join(HARNESS, 'main.py'), this.workspace]);
    const reader = new FrameReader((type, payload) => {
      this.said.push(
        type === JSON_FRAME
          ? JSON.parse(payload.toString())
          : { t: 'bytes', c: payload.readUInt32BE(), bytes: payload.subarray(4) },
      );
      this.heard();
    });
    this.process.stdout.on('data', (bytes) => reader.push(bytes));
  }

  static async start(): Promise<PythonHarness> {
    const harness = new PythonHarness();
    await harness.next('ready');
    return harness;
  }

  async bind(
    executed: string,
    { modules = PYTHON_MODULES as readonly string[], className = 'Bot', network = false } = {},
  ) {
    this.send({
      t: 'bind',
      language: 'python',
      executed,
      class_name: className,
      bundled: {},
      modules: [...modules],
      needs_process: true,
      has_network: network,
    });
    const answer = await this.next('bound', 'unbound');
    return answer.t === 'unbound' ? answer.error : undefined;
  }

  /** Runs one hook, answers what it asks of the network, and takes its result as the server takes it. */
  async hook({ limits, ...input }: Asked = {}) {
    const id = ++this.hooks;
    const asked = { ...INPUT, ...input };
    const allowed = { ...DEFAULT_LIMITS, ...limits };
    this.send({ t: 'hook', id, input: asked, limits: allowed });
    for (;;) {
      const said = await this.next('done', 'web', 'open', 'bytes', 'end', 'closed');
      if (said.t === 'done') {
        const { result, is_clean } = said;
        return { ...recheck(result, asked, allowed), is_clean, told: result };
      }
      this.react(said, id);
    }
  }

  /** Binds a bot whose on_init is `body`, and runs it. */
  async init(
    body: string,
    asked: Asked = {},
  ): Promise<{ error?: RunError; it?: unknown; logs: string[]; told?: unknown }> {
    const lines = body.split('\n').map((line) => `        ${line}\n`);
    const error = await this.bind(
      `class Bot:\n    def __init__(self, ctx, params):\n        self.ctx = ctx\n    def on_init(self):\n        ctx = self.ctx\n${lines.join('')}` +
        `        ctx.post('bot', {'it': it})\n`,
    );
    if (error) return { error, logs: [] };
    const ran = await this.hook(asked);
    const last = ran.effects.at(-1);
    return { error: ran.error, it: last?.type === 'post' ? last.body.it : undefined, logs: ran.logs, told: ran.told };
  }

  async [Symbol.asyncDispose]() {
    const gone = once(this.process, 'exit');
    this.process.stdin.end();
    await gone;
    rmSync(this.workspace, { recursive: true });
  }

  private react(said: Said, id: number) {
    if (said.t === 'web') {
      this.requests.push(said.request);
      this.send({ t: 'web', id, n: said.n, answer: this.answer(said.request) });
    } else if (said.t === 'open') {
      this.send(
        this.echo ? { t: 'opened', c: said.c } : { t: 'refused', c: said.c, detail: `${said.host} is not declared` },
      );
    } else if (said.t === 'bytes' && this.echo) {
      this.process.stdin.write(tunnelFrame(said.c, this.echo(said.bytes)));
    } else if (said.t === 'end') {
      this.send({ t: 'end', c: said.c });
    }
  }

  private send(message: ToSandbox) {
    this.process.stdin.write(jsonFrame(message));
  }

  private async next<T extends Said['t']>(...kinds: T[]): Promise<Extract<Said, { t: T }>> {
    while (this.said.length === 0) await new Promise<void>((resolve) => (this.heard = resolve));
    const said = this.said.shift() as Said;
    if (!kinds.includes(said.t as T)) throw new Error(`the harness said ${JSON.stringify(said)}`);
    return said as Extract<Said, { t: T }>;
  }
}

/** What a Python script prints that can import the harness's own modules. */
export function python(script: string, ...args: string[]) {
  const { stdout, stderr, status } = spawnSync(
    PYTHON ?? 'python3',
    ['-I', '-B', '-c', `import sys; sys.path.insert(0, '${HARNESS}')\n${script}`, ...args],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A message of the member in seat s1. */
export const message = (text: string): HookMessage => ({
  id: 3,
  channel_id: 'chn_1',
  sender: 's1',
  kind: 'user',
  body: { text },
  ts: INPUT.now,
});
/** The bodies of the posts; other effects are unchanged. */
export const bodies = (effects: Effect[]) => effects.map((effect) => (effect.type === 'post' ? effect.body : effect));
/** An answer of the network: a page that holds the value as JSON. */
export const page = (value: Json, headers: [string, string][] = []) => {
  return (request: WebRequest): WebAnswer => {
    const url = request.kind === 'fetch' ? request.url : '';
    const tls = { peer_cert_sha256: '00' };
    const receipt = { url, method: 'GET', status: 200, fetched_at: INPUT.now, body_sha256: '00', tls };
    const body = Buffer.from(JSON.stringify(value)).toString('base64');
    return {
      kind: 'fetched',
      url,
      status: 200,
      headers: [['content-type', 'application/json'], ...headers],
      body,
      receipt,
    };
  };
};
