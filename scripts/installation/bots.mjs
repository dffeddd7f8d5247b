// Bots of the sample installations, besides presets. Each represents a feature that must work after an upgrade.

/** Its state must be kept with every new kit or harness. */
export const JAVASCRIPT_BOT = `export default class Counter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body: { text } }) {
    if (text !== 'count') return;
    const { count = 0 } = this.ctx.getState() ?? {};
    this.ctx.setState({ count: count + 1 });
    this.ctx.post('bot', { type: 'counted', count: count + 1, dice: this.ctx.random(6) });
  }
}`;

/** It must run with the package that was bundled when it was attached. */
export const PACKAGED_BOT = `import Big from 'big.js';
export default class Exact {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body: { text } }) {
    if (text !== 'count') return;
    const { sum = '0' } = this.ctx.getState() ?? {};
    const next = Big(sum).plus('0.1').toString();
    this.ctx.setState({ sum: next });
    this.ctx.post('bot', { type: 'counted', sum: next });
  }
}`;

export const SECRET_BOT = `import { sha256 } from 'bot-sdk';
export default class Keeper {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body: { text } }) {
    if (text === 'hash') this.ctx.post('bot', { type: 'hashed', hash: sha256(this.ctx.env.KEY ?? '') });
  }
}`;

export const TIMER_BOT = `export default class Waiter {
  constructor(ctx) { this.ctx = ctx; }
  onMessage({ body: { text } }) {
    if (text === 'set') this.ctx.setTimer('due', 15);
  }
  onTimer(name) { this.ctx.post('bot', { type: 'rang', name }); }
}`;

export const PYTHON_BOT = `class Counter:
    def __init__(self, ctx, params):
        self.ctx = ctx

    def on_message(self, msg):
        if msg['body'].get('text') != 'count':
            return
        count = (self.ctx.get_state() or {}).get('count', 0) + 1
        self.ctx.set_state({'count': count})
        self.ctx.post('bot', {'type': 'counted', 'count': count})
`;
