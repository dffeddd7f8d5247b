import { sha256 } from 'bot-sdk';

/**
 * Looks at a host's certificate once for everyone who sits here, and keeps the chain for whoever wants to check it. What
 * cannot be reached is the run's own error: nothing is made up about a host that did not answer.
 */
export default class TlsBot {
  constructor(ctx, params) {
    this.ctx = ctx;
    this.params = params;
    this.seen = ctx.getState().seen ?? [];
  }

  onInit() {
    const { hosts } = this.params;
    this.ctx.post('bot', {
      type: 'prompt',
      text: `Write cert and one of ${hosts.join(', ')}; raw for the chain.`,
      hosts,
    });
  }

  async onMessage({ sender, body }) {
    const asked = readQuestion(body);
    if (asked === undefined) return;
    if (asked.word === 'raw') this.showChain(asked.host, sender);
    else if (this.params.hosts.includes(asked.host)) await this.look(asked.host);
    else this.refuse('FETCH_BLOCKED', 'That host is not one of those I may look at here.', sender);
  }

  async look(host) {
    const { pem, ...sight } = await this.ctx.tls(host);
    const posted = { ...sight, pem_sha256: sha256(pem.join('')) };
    this.seen = [...this.seen.filter((each) => each.host !== host), { ...posted, pem }];
    this.ctx.setState({ seen: this.seen });
    this.ctx.post('bot', { type: 'certificate', ...posted });
  }

  /** The chain of the newest look at a host; at any of them, where none is named. */
  showChain(host, player) {
    const sight = this.seen.findLast((each) => host === undefined || each.host === host);
    if (!sight) return this.refuse('NOT_SEEN', 'I have not looked at that yet. Write cert and the host first.', player);
    const { port, observed_at, fingerprint_sha256, chain, pem, pem_sha256 } = sight;
    const of = { host: sight.host, port, observed_at, fingerprint_sha256 };
    this.ctx.post('bot', { type: 'certificate_chain', ...of, chain, pem, pem_sha256 });
  }

  refuse(reason, details, player) {
    this.ctx.post('control', { type: 'violation', reason, details, player, hosts: this.params.hosts });
  }
}

/** `cert <host>`, `raw`, `raw <host>`. Everything else is chat. */
function readQuestion(body) {
  if (typeof body?.text !== 'string' || body.text.length > 300) return undefined;
  const [, word, host] = /^\s*(cert|raw)(?:\s+(\S+))?\s*$/i.exec(body.text) ?? [];
  if (word === undefined || (host === undefined && word.toLowerCase() === 'cert')) return undefined;
  return { word: word.toLowerCase(), host: host?.toLowerCase() };
}
