import type { Walker } from '../clients/walkers.js';
import type { Message } from './game.js';

export interface Step {
  readonly tool: string;
  readonly arguments: Record<string, unknown>;
  readonly needs: readonly string[];
  readonly why: string;
}

/** More calls than any of the games needs: a guide that leads in circles is stopped. */
const MAX_CALLS = 150;

/**
 * Somebody who knows nothing but what they are told: each call is a `next` step, or what the answer before it says to do;
 * each text comes from what the bot has written to them.
 */
export class GuidedPlayer {
  /** One line for each call, with why it was made. */
  readonly calls: string[] = [];
  readonly heard: Message[] = [];
  slot = '';

  constructor(
    private readonly walker: Walker,
    private readonly name: string,
  ) {}

  /** Any call; it throws where it is refused. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer of any operation
  async call(tool: string, input: object, why: string): Promise<any> {
    this.calls.push(`${this.name}: ${tool}(${JSON.stringify(input).slice(0, 160)}) because: ${why}`);
    return this.walker.call(tool, input);
  }

  async take({ tool, arguments: given, needs, why }: Step, filled: Record<string, unknown> = {}) {
    const missing = needs.filter((need) => !(need in filled));
    if (missing.length) throw new Error(`nobody has said what ${missing.join(' and ')} is, for ${tool}: ${why}`);
    return this.call(tool, { ...given, ...filled }, why);
  }

  /** Takes the seat and follows the steps until `isOver`, and answers with the step that came last. */
  async play(join: Step, invite_code: string, isOver: (player: GuidedPlayer, next: Step) => boolean): Promise<Step> {
    const seat = await this.take(join, { invite_code });
    this.slot = seat.slot_id;
    let next: Step = seat.next;
    while (!isOver(this, next)) {
      if (this.calls.length > MAX_CALLS) throw new Error(`no end after ${MAX_CALLS} calls, the last for: ${next.why}`);
      next = await this.follow(next);
    }
    return next;
  }

  private async follow(next: Step): Promise<Step> {
    const filled = next.needs.includes('body') ? { body: this.said() } : {};
    const { messages = [], replies = [], cursor, next: further } = await this.take(next, filled);
    if (next.tool === 'sync_messages') this.heard.push(...messages);
    if (further) return further;
    const { channel_id, seat } = next.arguments;
    // post_message says of its cursor and its replies: sync from there. What it replied is read there too, if it is new.
    this.heard.push(...replies.filter(({ id }: Message) => this.heard.every((known) => known.id !== id)));
    const args = { channel_id, ...(seat !== undefined && { seat }), cursor, timeout_ms: 0 };
    return { tool: 'sync_messages', arguments: args, needs: [], why: 'The cursor of an answer is given back.' };
  }

  /** What to write, by what the bots have said: legal words first, then a prompt. */
  private said(): string {
    const text = this.answered();
    if (text === undefined) throw new Error(`no bot has said what ${this.name} can write`);
    return text;
  }

  private answered(): string | undefined {
    const spell = this.newest(({ type, target }) => type === 'constraint:set' && target === this.slot);
    const lifted = this.newest(
      ({ type, target }) => /^constraint:(kept|broken|lifted)$/.test(type) && target === this.slot,
    );
    if (spell && (lifted?.id ?? 0) < spell.id) return [...spell.body.word].reverse().join('');
    const [, cast] = /Write (cast reverse s\d \w+):/.exec(this.textOf('spellbook')) ?? [];
    const isCast = this.newest(({ type }) => type === 'constraint:set') !== undefined;
    if (cast && !isCast && !cast.includes(` ${this.slot} `)) return cast;
    return this.legalWord() ?? this.guess() ?? /such as (\w+ \S+?);/.exec(this.textOf('prompt'))?.[1] ?? this.word();
  }

  private legalWord(): string | undefined {
    const last = this.newest(({ legal, player }) => Array.isArray(legal) && (player ?? this.slot) === this.slot);
    const { legal = [], total = 0 } = last?.body ?? {};
    const { stakes } = this.newest(({ stakes }) => stakes)?.body ?? {};
    if (legal.includes('hit')) return total < 17 ? 'hit' : 'stand';
    return legal.includes('bet') ? `bet ${stakes.min}` : undefined;
  }

  /** Half-way between what was too low and what was too high. */
  private guess(): string | undefined {
    const range = this.newest(({ type, range }) => type === 'prompt' && Array.isArray(range))?.body.range;
    if (!range) return undefined;
    const judged = (result: string) =>
      this.heard.filter(({ body }) => body.type === 'judge' && body.result === result).map(({ body }) => body.guess);
    const low = Math.max(range[0], ...judged('low').map((guess) => guess + 1));
    const high = Math.min(range[1], ...judged('high').map((guess) => guess - 1));
    return `${Math.floor((low + high) / 2)}`;
  }

  private word = () => /^Write (\w+) to /.exec(this.textOf('prompt'))?.[1];

  private textOf = (wanted: string): string => this.newest(({ type }) => type === wanted)?.body.text ?? '';

  newest(holds: (body: Message['body']) => boolean): Message | undefined {
    return this.heard
      .filter(({ sender, body }) => sender.startsWith('bot:') && holds(body))
      .sort((a, b) => b.id - a.id)[0];
  }
}
