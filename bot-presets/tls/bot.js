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
    this.ctx.post('bot', { type: 'prompt', ...this.rules() });
  }

  async onMessage({ sender, body }) {
    const asked = readQuestion(body);
    if (asked === undefined) return;
    if (asked.word === 'help') this.help(sender);
    else if (asked.word === 'raw') this.showChain(asked.host, sender);
    else if (this.params.hosts.includes(asked.host)) await this.look(asked.host);
    else this.refuse('FETCH_BLOCKED', 'That host is not one of those I may look at here.', sender);
  }

  help(player) {
    const seen = this.seen.map(({ host }) => host);
    const legal = ['cert', ...(seen.length ? ['raw'] : []), 'help'];
    this.ctx.post('bot', { type: 'help', player, ...this.rules(), seen, legal });
  }

  rules() {
    const { hosts } = this.params;
    const text = `Write cert and one of ${hosts.join(', ')}, such as cert ${hosts[0]}; then raw for the chain. help says this again.`;
    return { text, hosts };
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

/** `cert <host>`, `raw`, `raw <host>`, or a question for help. Everything else is chat. */
function readQuestion(body) {
  if (typeof body?.text !== 'string' || body.text.length > 300) return undefined;
  const [, word, host] = /^\s*(cert|raw)(?:\s+(\S+))?\s*$/i.exec(body.text) ?? [];
  const isWhole = word !== undefined && (host !== undefined || word.toLowerCase() === 'raw');
  if (isWhole) return { word: word.toLowerCase(), host: host?.toLowerCase() };
  return asksForHelp(body.text) ? { word: 'help' } : undefined;
}

/** Who writes nearly one of these means it. */
const COMMANDS = ['cert', 'raw', 'certificate', 'help', 'rules', 'commands'];
/** What people try who do not know the commands. */
const NEIGHBOURS = [
  'rule',
  'how',
  'hosts',
  'host',
  'chain',
  'tls',
  'ssl',
  'pem',
  'look',
  'start',
  'play',
  'status',
  'list',
  'check',
];
/** Everyday words that are a letter away from a command. */
const CHAT = ['row', 'law', 'war', 'paw', 'draw', 'cent', 'certain', 'rat', 'ran', 'rawr'];

/** Whether a message asks what can be written: a word for help, nearly a command, or a word that people try in its place. */
function asksForHelp(text) {
  if (text.length > 60) return false;
  const said = text
    .trim()
    .toLowerCase()
    .replace(/^[!/]+/, '');
  if (said === '?') return true;
  const [, word] = /^([a-z]+)(?:\s+(?:me|please|\S*[\d.]\S*))?[.!?…]*$/.exec(said) ?? [];
  if (word === undefined || CHAT.includes(word)) return false;
  return NEIGHBOURS.includes(word) || COMMANDS.some((command) => isNear(word, command));
}

/** The same, or apart by one letter more, less or other, or by two that changed places. */
function isNear(word, command) {
  let same = 0;
  while (same < word.length && word[same] === command[same]) same++;
  const [rest, wanted] = [word.slice(same), command.slice(same)];
  const swapped = [wanted[1], wanted[0], wanted.slice(2)].join('');
  return [wanted.slice(1), swapped].includes(rest) || [wanted, wanted.slice(1)].includes(rest.slice(1));
}
