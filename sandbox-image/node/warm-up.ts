import { DEFAULT_LIMITS } from '../../bot-sdk/contract.js';
import { NO_WEB } from '../../bot-sdk/web.js';
import { prepareContext } from './kit-context.js';
import { Realms } from './realm.js';

const SAMPLE = `import { sha256 } from 'bot-sdk';
export default class Bot {
  constructor(ctx) { this.ctx = ctx; }
  async onMessage({ body }) {
    this.ctx.setState({ n: (this.ctx.getState().n ?? 0) + 1 });
    this.ctx.post('bot', { text: sha256(body.text), d: this.ctx.random(6) });
  }
}`;

/** Runs a sample bot once, so that V8 has compiled the code that every bot needs before the first real hook, and prepares a context for that. */
export async function warmUp(): Promise<void> {
  const program = { language: 'javascript', executed: SAMPLE, className: 'Bot', bundled: {} } as const;
  const now = '2000-01-01T00:00:00.000Z';
  const msg = { id: 1, channel_id: '', sender: '', kind: 'user', body: { text: '' }, ts: now };
  const input = {
    channel_id: '',
    bot_id: '',
    call: { hook: 'on_message' as const, msg },
    now,
    params: {},
    state: null,
  };
  const rest = { state_version: 0, players: [], env: {}, key: '00'.repeat(32), run: 1 };
  const realms = new Realms({ program, modules: [] });
  for (let i = 0; i < 3; i++) await realms.run({ ...input, ...rest }, DEFAULT_LIMITS, NO_WEB);
  prepareContext();
}
