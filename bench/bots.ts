import { prepare } from '../bot-sdk/bundle.js';
import type { HookInput, Language } from '../bot-sdk/contract.js';
import type { Executable } from '../src/runtime/runner.js';

/** What every measured hook does: reads its state, writes it, posts. */
export const COUNTER = {
  javascript: `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body }) {
    const n = (this.ctx.getState().n ?? 0) + 1;
    this.ctx.setState({ n });
    this.ctx.post('bot', { n, text: body.text });
  }
}`,
  python: `class Counter:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        n = self.ctx.get_state().get('n', 0) + 1
        self.ctx.set_state({'n': n})
        self.ctx.post('bot', {'n': n, 'text': msg['body']['text']})
`,
};

export const SPINNER = `export default class Spinner { onMessage() { for (;;); } }`;

export function executable(source: string, language: Language): Executable {
  return { ...prepare(source, language), modules: [], needsProcess: false };
}

export const message = (bot: string, more: Partial<HookInput> = {}): HookInput => ({
  channel_id: `chn_${bot}`,
  bot_id: 'bot_1',
  call: {
    hook: 'on_message',
    msg: { id: 9, channel_id: `chn_${bot}`, sender: 's1', kind: 'user', body: { text: 'hello' }, ts: NOW },
  },
  now: NOW,
  params: {},
  state: { n: 3 },
  state_version: 1,
  players: [{ seat: 's1', label: 'alice', name: 'Alice' }],
  env: {},
  key: '00'.repeat(32),
  run: 1,
  ...more,
});

const NOW = '2026-11-20T12:00:00.000Z';
