import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { ContainerInfo } from 'dockerode';
import { pino } from 'pino';
import {
  type BotErrorCode,
  DEFAULT_LIMITS,
  type HookInput,
  type Outcome,
  type RunLimits,
  type RunResult,
} from '../../bot-sdk/contract.js';
import { ContainerEngine } from '../../src/runtime/docker/container-engine.js';
import { DockerRunner, type DockerSettings } from '../../src/runtime/docker/docker-runner.js';
import { SANDBOX_LABEL, type SandboxHost } from '../../src/runtime/docker/sandbox-scheduler.js';
import { EmbeddedRunner } from '../../src/runtime/embedded/embedded-runner.js';
import { type Executable, type NetworkAccess, NO_NETWORK, type Runner } from '../../src/runtime/runner.js';

/** How a run may end: the outcome, and the codes one of which it has. */
export type Ending = readonly [outcome: Outcome, ...codes: BotErrorCode[]];

/** What ends by itself has as long as a slow machine needs. */
export const PATIENT: RunLimits = { ...DEFAULT_LIMITS, wallMs: 40_000, cpuMs: 40_000 };
/** What never ends by itself need not be waited for long. */
export const BRIEF: RunLimits = { ...DEFAULT_LIMITS, wallMs: 400, cpuMs: 400 };

export const INPUT: HookInput = {
  channel_id: 'chn_attacked',
  bot_id: 'bot_mallory',
  call: { hook: 'on_init' },
  now: '2026-11-20T12:00:00.000Z',
  params: {},
  state: { left: 'alone' },
  state_version: 1,
  players: [{ seat: 's1', label: 'alice', name: 'Alice' }],
  env: {},
  key: `${'5ec2e7'.repeat(10)}5ec2`,
  run: 1,
};

/** What a bot has beside its hook; `top` stands before its class. */
type Sketch = Partial<Executable> & { top?: string };

export interface Attempt {
  readonly limits?: RunLimits;
  readonly network?: NetworkAccess;
  readonly input?: Partial<HookInput>;
}

/** A runner, a bot that attacks in it, and a neighbour in another channel who must not notice. */
export class Arena implements AsyncDisposable {
  constructor(readonly runner: Runner) {}

  static embedded() {
    return new Arena(new EmbeddedRunner(2));
  }

  /**
   * The attack's own result. The neighbour was asked at the same time, the bot itself once more afterwards, and both answered;
   * a run that failed left nothing.
   */
  async attack(bot: Executable, { limits = PATIENT, network = NO_NETWORK, input }: Attempt = {}): Promise<RunResult> {
    const [result, other] = await Promise.all([
      this.runner.run(bot, { ...INPUT, ...input }, limits, network),
      this.runner.run(NEIGHBOUR, { ...INPUT, channel_id: 'chn_quiet', bot_id: 'bot_neighbour' }, PATIENT, NO_NETWORK),
    ]);
    const next = await this.runner.run(
      bot,
      { ...INPUT, call: { hook: 'on_timer', name: 'next' } },
      PATIENT,
      NO_NETWORK,
    );

    expect([other, next]).toMatchObject([STILL_HERE, STILL_HERE]);
    if (result.outcome !== 'ok') expect(result).toMatchObject({ effects: [] });
    if (result.outcome !== 'ok') expect(result).not.toHaveProperty('state');
    this.isWell();
    return result;
  }

  async [Symbol.asyncDispose]() {
    await this.runner.close();
  }

  protected isWell() {}
}

/** The arena with real containers, which are all gone when it is. */
export class DockerArena extends Arena {
  constructor(
    override readonly runner: DockerRunner,
    readonly host: SandboxHost,
    readonly label: string,
  ) {
    super(runner);
  }

  static async open(settings: Partial<DockerSettings> = {}): Promise<DockerArena> {
    const host = await openBerth();
    const label = `attacks-${process.pid}-${randomUUID()}`;
    const given = {
      reuse: true,
      idleMs: 60_000,
      cpus: 1,
      runtime: '',
      pids: 64,
      maxContainers: 12,
      pool: 0,
      label,
      ...settings,
    };
    const runner = new DockerRunner([host], given, pino({ level: 'silent' }));
    await runner.open();
    return new DockerArena(runner, host, label);
  }

  containers(): Promise<ContainerInfo[]> {
    const filters = { label: [`${SANDBOX_LABEL}=${this.label}`] };
    return this.host.engine.docker.listContainers({ all: true, filters });
  }

  override async [Symbol.asyncDispose]() {
    await super[Symbol.asyncDispose]();
    expect(await this.containers()).toEqual([]);
  }

  protected override isWell() {
    const { containers, most, waiting, isFailing } = this.runner.status;
    expect({ waiting, isFailing }).toEqual({ waiting: 0, isFailing: false });
    expect(containers).toBeLessThanOrEqual(most);
  }
}

/** This machine's engine with the image that `npm test` has built. */
export async function openBerth(): Promise<SandboxHost> {
  const { tag } = JSON.parse(readFileSync('dist/sandbox-image.json', 'utf8'));
  const engine = new ContainerEngine(process.env.DOCKER_HOST ?? '');
  const image = await engine.image(tag);
  if (!image) throw new Error(`the engine has no image ${tag}`);
  return { engine, image };
}

/** A bot whose onInit is `body`; its onTimer says that it is still there. */
export function javascript(body: string, { top = '', modules = [], ...more }: Sketch = {}): Executable {
  const executed = `${top}
export default class Bot {
  constructor(ctx) { this.ctx = ctx }
  async onInit() { const { ctx } = this; ${body} }
  onTimer() { this.ctx.post('bot', 'still here') }
}`;
  // As the server decides it when the bot is attached.
  const needsProcess = /\bimport\(/.test(executed) || modules.some((name) => name.startsWith('node:'));
  return { executed, language: 'javascript', className: 'Bot', bundled: {}, modules, needsProcess, ...more };
}

/** The same in Python; what the body leaves in `it` is posted. */
export function python(body: string, { top = '', ...more }: Sketch = {}): Executable {
  const executed = `${top}
class Bot:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_init(self):
        ctx, it = self.ctx, None
${body.replace(/^/gm, '        ')}
        ctx.post('bot', {'it': it})
    def on_timer(self, name):
        self.ctx.post('bot', 'still here')
`;
  return { executed, language: 'python', className: 'Bot', bundled: {}, modules: [], needsProcess: true, ...more };
}

/** The bot for one of many bodies, and what makes it do this one: they are all one bot's, and share a container while it lasts. */
export type Together = (body: string) => readonly [bot: Executable, attempt: Attempt];

export function javascriptTogether(bodies: readonly string[], sketch: Sketch = {}): Together {
  // A bot that imports at run time has a process for each hook, which the others would have to wait for.
  const shared = bodies.filter((body) => sketch.modules || !/\bimport\(/.test(body));
  const all = shared.map((body) => `async () => {\n${body}\n},\n`);
  const bot = javascript(`await [\n${all.join('')}][ctx.params.does]();`, sketch);
  return (body) => (shared.includes(body) ? [bot, doing(shared.indexOf(body))] : [javascript(body, sketch), {}]);
}

/** What a body leaves in `it` is posted here too. */
export function pythonTogether(bodies: readonly string[], sketch: Sketch = {}): Together {
  const all = bodies.map(
    (body, i) => `def does_${i}():\n    it = None\n${body.replace(/^/gm, '    ')}\n    return it\n`,
  );
  const bot = python(`${all.join('')}it = [${bodies.map((_, i) => `does_${i}`)}][ctx.params['does']]()`, sketch);
  return (body) => [bot, doing(bodies.indexOf(body))];
}

const doing = (does: number): Attempt => ({ input: { params: { does } } });

/** What the bot posted, each text or body of its own. */
export function posted({ outcome, error, effects }: RunResult): unknown[] {
  if (outcome !== 'ok') throw new Error(JSON.stringify(error));
  return effects.map((effect) => {
    if (effect.type !== 'post') return effect;
    const { body } = effect;
    return 'it' in body ? body.it : (body.text ?? body);
  });
}

/** That a run ended so, whatever it says besides. */
export function expectEnding({ outcome, error }: RunResult, [expected, ...codes]: Ending) {
  expect({ outcome, error }).toMatchObject({ outcome: expected });
  if (codes.length > 0) expect(codes).toContain(error?.code);
}

const STILL_HERE = { outcome: 'ok', effects: [{ type: 'post', body: { text: 'still here' } }] };
const NEIGHBOUR = javascript(`ctx.post('bot', 'still here')`);
