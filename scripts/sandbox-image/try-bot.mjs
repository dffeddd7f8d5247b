// Runs one bot in one container, as the server does.
import { prepare } from '../../dist/bot-sdk/bundle.js';
import { DEFAULT_LIMITS } from '../../dist/bot-sdk/contract.js';
import { containerOptions } from '../../dist/src/runtime/docker/container-options.js';
import { Sandbox } from '../../dist/src/runtime/docker/sandbox.js';
import { NO_NETWORK } from '../../dist/src/runtime/runner.js';

const BOTS = {
  javascript: `class Echo {
  constructor(ctx) { this.ctx = ctx }
  onInit() { this.ctx.post('bot', { heard: 'you' }) }
}`,
  python: `class Echo:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_init(self):
        self.ctx.post("bot", {"heard": "you"})
`,
};

const INPUT = {
  channel_id: 'chn_doctor',
  bot_id: 'bot_doctor',
  call: { hook: 'on_init' },
  now: '2026-01-01T00:00:00.000Z',
  params: {},
  state: null,
  state_version: 0,
  players: [],
  env: {},
  key: '00'.repeat(32),
  run: 1,
};

/**
 * The times until the container was ready and until the hook answered. Throws if the bot does not give the expected
 * result.
 */
export async function runBot(engine, image, language, { runtime, pids }) {
  const harness = language === 'python' ? 'python' : 'node';
  const started = performance.now();
  const options = containerOptions({ image, harness, labels: {}, cpus: 1, runtime, pids });
  const sandbox = await Sandbox.start(engine, options);
  const startMs = Math.round(performance.now() - started);
  try {
    const fault = await sandbox.bind({ ...prepare(BOTS[language], language), modules: [], needsProcess: false }, false);
    if (fault) throw new Error(`the bot was not taken: ${fault.code} ${fault.detail}`);
    const { result } = await sandbox.run(INPUT, DEFAULT_LIMITS, NO_NETWORK);
    if (result.error) throw new Error(`the hook ${result.outcome}: ${result.error.code} ${result.error.detail}`);
    if (result.effects[0]?.body?.heard !== 'you') throw new Error('the bot said something else');
    return { startMs, hookMs: result.ms };
  } finally {
    await sandbox.destroy();
  }
}
