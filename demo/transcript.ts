import type { Session } from './sessions.js';

type Body = Record<string, unknown>;
interface Message {
  readonly id: number;
  readonly sender: string;
  readonly kind: string;
  readonly body: Body;
}

/** What is worth a line of the longer entries. */
const GIST: Record<string, readonly string[]> = {
  channel_created: ['name'],
  bots_announced: [],
  'bot:attach': ['name', 'code_hash', 'seed_commit'],
  'bot:manifest': [],
  'bot:commit': ['commit'],
  'bot:state': [],
  member_joined: ['slot_id'],
  'bot:turn': ['player'],
  'bot:reveal': ['target', 'nonce', 'server_seed', 'verified'],
  prompt: [],
  betting: ['hand_id'],
  player_joined: ['player', 'chips'],
  seed: ['player', 'seed'],
  bet: ['player', 'stake'],
  client_seeds: ['client_seeds'],
  deal: ['dealer_hand'],
  hit: ['player', 'hand', 'total', 'status'],
  stand: ['player', 'hand', 'total'],
  dealer: ['hand', 'total'],
  results: ['results'],
  game_end: ['winner', 'total_guesses'],
  'round:end': ['result'],
  'round:commit': ['round', 'seed_commit'],
  'round:reveal': ['round', 'seed'],
};

const isTerminal = process.stdout.isTTY;
const paint = (code: number) => (text: string) => (isTerminal ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = paint(1);
const dim = paint(2);

export const say = (text = '') => process.stdout.write(`${text}\n`);
export const headline = (text: string) => say(`\n${bold(text)}\n`);
export const note = (text: string) => say(dim(`  ${text}`));

/** Prints what one member sees of a channel, each message once. */
export class Transcript {
  readonly messages: Message[] = [];
  private cursor = 0;

  constructor(
    private readonly reader: Session,
    private readonly channelId: string,
    /** Who sits where: `s1` → `Alice`. */
    private readonly names: Record<string, string>,
  ) {}

  /** Reads and prints what is new. */
  async print() {
    const input = { channel_id: this.channelId, cursor: this.cursor, timeout_ms: 0 };
    const { messages, cursor } = await this.reader.call('sync_messages', input);
    this.cursor = cursor;
    this.messages.push(...messages);
    for (const message of messages as Message[]) say(this.line(message));
  }

  find(type: string): Message {
    const found = this.messages.findLast(({ body }) => body.type === type);
    if (!found) throw new Error(`nobody said ${type}`);
    return found;
  }

  has(type: string): boolean {
    return this.messages.some(({ body }) => body.type === type);
  }

  private line({ id, sender, kind, body }: Message): string {
    const who = this.names[sender] ?? (kind === 'system' ? 'server' : sender.replace(/^bot:bot_(\w+)_\d+$/, '$1'));
    return `  ${dim(String(id).padStart(3))}  ${bold(who.padEnd(9))} ${this.words(body)}`;
  }

  private words({ type, text, bot_id: _, state_version: __, label: ___, ...rest }: Body): string {
    const fields = (GIST[String(type)] ?? Object.keys(rest)).filter((name) => rest[name] !== undefined);
    const shown = fields.map((name) => `${name} ${this.value(rest[name])}`);
    return [type && `[${type}]`, text, ...shown].filter(Boolean).join('  ');
  }

  /** Hashes and lists are cut: the whole is in the log. */
  private value(value: unknown): string {
    const text = typeof value === 'string' ? (this.names[value] ?? value) : JSON.stringify(value);
    return text.length > 32 ? `${text.slice(0, 31)}…` : text;
  }
}
