/** A bot that does on demand whatever a bot can do. Say `{"do": [[what, …], …]}`. */
export const everyEffect = (language: 'javascript' | 'typescript') => `
import { upperFirst } from 'lodash-es';
${language === 'typescript' ? 'type Step = [string, ...unknown[]];\ninterface State { n?: number }' : ''}
export default class Every {
  ${language === 'typescript' ? 'private ctx: any;' : ''}
  constructor(ctx${language === 'typescript' ? ': any' : ''}) { this.ctx = ctx; }
  onInit() { this.ctx.setState({ n: 0 }); this.ctx.post('bot', { type: 'ready', text: upperFirst('ready') }); }
  onJoin(player${language === 'typescript' ? ': string' : ''}) { this.ctx.post('bot', { type: 'hello', player, players: this.ctx.players }); }
  onLeave(player) { this.ctx.post('bot', { type: 'bye', player }); }
  onTimer(name) { this.ctx.post('control', { type: 'rang', name, at: Date.now() }); }
  onPrivateMessage(player, msg) { this.ctx.setState({ ...this.ctx.getState(), secret: msg.text, sealed: msg.id }); }
  onEvent(msg) { this.ctx.post('bot', { type: 'heard', from: msg.sender }); }
  async onMessage({ body, sender, signed }) {
    for (const [what, ...given] of (body.do ?? [])${language === 'typescript' ? ' as Step[]' : ''}) {
      const state = this.ctx.getState()${language === 'typescript' ? ' as State' : ''};
      if (what === 'draw') this.ctx.post('bot', { type: 'drawn', n: this.ctx.random(1000), m: Math.random(), signed: signed === true });
      if (what === 'count') { this.ctx.setState({ ...state, n: (state.n ?? 0) + 1 }); this.ctx.post('label', { type: 'count', n: state.n, verified: true }); }
      if (what === 'whisper') this.ctx.post('bot', { type: 'whisper', text: 'psst' }, { to: given[0] ?? sender });
      if (what === 'seal') this.ctx.reveal(this.ctx.post('bot', { type: 'sealed', n: this.ctx.random(6) }, { sealed: true }).handle);
      if (what === 'reveal') this.ctx.reveal(this.ctx.getState().sealed);
      if (what === 'timer') this.ctx.setTimer('rings', 1);
      if (what === 'commit') { this.ctx.post('bot', { type: 'bot:commit', commit: given[0] }); }
      if (what === 'open') { this.ctx.post('bot', { type: 'bot:reveal', value: given[0], nonce: given[1] }); }
      if (what === 'throw') throw new Error('as you asked');
      if (what === 'rename') this.ctx.updateChannel([{ type: 'rename', name: given[0] }]);
      if (what === 'fetch') this.ctx.post('bot', { type: 'page', text: await (await fetch(given[0])).text() });
      if (what === 'bad') this.ctx.post('bot', { type: 'round:end' });
      if (what === 'finish') this.ctx.finish({ winner: sender, verified: true });
    }
  }
}`;
