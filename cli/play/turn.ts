import type { Message } from '../message.js';

/** What post_message answers. */
export interface Said {
  readonly msg_id: number;
  readonly replies: readonly Pick<Message, 'id'>[];
}

/** Whose turn it is, as far as the bots say: `bot:turn` gives it, `round:end` takes it from everyone. */
export class Turn {
  private holder?: string;
  private givenAt = 0;
  private saidAt = 0;
  private answeredAt = 0;
  private heardUpTo = 0;
  private isBehind = true;
  private isRoundOver = false;
  private isOver = false;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly own: string,
    /** Nobody gives turns here: one speaks when one likes. */
    private readonly isFree: boolean,
  ) {}

  get isMine() {
    return !this.isBehind && this.holder === this.own && this.givenAt > this.saidAt;
  }

  heard({ id, kind, body }: Message) {
    this.heardUpTo = id;
    if (kind !== 'user') this.heardFromBot(id, body);
    this.wake();
  }

  /** Everything that was said before has been heard. */
  caughtUp() {
    this.isBehind = false;
    this.wake();
  }

  /** What no bot answers was talk, and leaves one the turn. */
  said({ msg_id, replies }: Said) {
    if (replies.length) this.saidAt = msg_id;
    this.answeredAt = Math.max(msg_id, ...replies.map(({ id }) => id));
  }

  /** Nothing will be heard any more. */
  end() {
    this.isOver = true;
    this.wake();
  }

  /** Waits until one may speak. False where nobody will be asked any more. */
  async comes(): Promise<boolean> {
    const mayGo = () => this.isMine || (!this.isBehind && (this.isFree || this.isRoundOver));
    while (!this.isOver && !mayGo()) await this.news();
    return !this.isOver && (this.isFree || this.isMine);
  }

  /** Waits until the answers to what one said have been heard. */
  async settles() {
    while (!this.isOver && this.heardUpTo < this.answeredAt) await this.news();
  }

  private heardFromBot(id: number, { type, player }: Message['body']) {
    const isGiven = type === 'bot:turn';
    if (isGiven) this.holder = String(player);
    if (isGiven || type === 'round:end') this.isRoundOver = !isGiven;
    if (type === 'round:end') this.holder = undefined;
    // A move that was none: the turn goes on.
    const goesOn = type === 'violation' && player === this.own && this.holder === this.own;
    if (isGiven || goesOn) this.givenAt = id;
  }

  private news = () => new Promise<void>((wake) => this.waiting.push(wake));

  private wake() {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
