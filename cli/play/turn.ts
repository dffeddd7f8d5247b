import type { ChannelMessage } from '../server/message.js';
import { deadlineOf } from '../terminal/deadline.js';

/** The answer of post_message. */
export interface PostResult {
  readonly msg_id: number;
  readonly replies: readonly Pick<ChannelMessage, 'id'>[];
}

/** Tracks whose turn it is, by the bot's messages: `bot:turn` starts a turn, `round:end` ends all. */
export class PlayedTurn {
  private holder?: string;
  private givenAt = 0;
  private endsAt?: Date;
  private saidAt = 0;
  private answeredAt = 0;
  private heardUpTo = 0;
  private isBehind = true;
  private isRoundOver = false;
  private isOver = false;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly own: string,
    /** Whether no bot has started a turn so far, so that everyone may speak at any time. */
    private isFree: boolean,
    /** Whether turns are only shown, without waiting for them. */
    private readonly isAtOnce = false,
  ) {}

  get isMine() {
    return !this.isBehind && this.holder === this.own && this.givenAt > this.saidAt;
  }

  /** The end of the current turn, if the bot sets a time limit. */
  get deadline() {
    return this.endsAt;
  }

  /** Identifies a turn; the same player's turn after an invalid move has another id. */
  get id() {
    return this.givenAt;
  }

  heard({ id, kind, body }: ChannelMessage) {
    this.heardUpTo = id;
    if (kind !== 'user') this.heardFromBot(id, body);
    this.wake();
  }

  /** Called when all earlier messages are processed. */
  caughtUp() {
    this.isBehind = false;
    this.wake();
  }

  /** A message that no bot answers was not a move, so the turn continues. */
  said({ msg_id, replies }: PostResult) {
    if (replies.length) this.saidAt = msg_id;
    this.answeredAt = Math.max(msg_id, ...replies.map(({ id }) => id));
  }

  /** Called when no further messages will arrive. */
  end() {
    this.isOver = true;
    this.wake();
  }

  /** Waits until the player may speak. False if the game is over. */
  async waitForTurn(): Promise<boolean> {
    const mayGo = () => this.isMine || (!this.isBehind && (this.isFree || this.isRoundOver));
    while (!this.isOver && !mayGo()) await this.news();
    return !this.isOver && (this.isFree || this.isMine);
  }

  /** Waits until the answers to the player's last message are processed. */
  async waitForAnswers() {
    while (!this.isOver && this.heardUpTo < this.answeredAt) await this.news();
  }

  private heardFromBot(id: number, { type, player, deadline }: ChannelMessage['body']) {
    const isGiven = type === 'bot:turn';
    if (isGiven) [this.holder, this.endsAt] = [String(player), deadlineOf(deadline)];
    if (isGiven && !this.isAtOnce) this.isFree = false;
    if (isGiven || type === 'round:end') this.isRoundOver = !isGiven;
    if (type === 'round:end') this.holder = undefined;
    // After an invalid move the turn continues.
    const goesOn = type === 'violation' && player === this.own && this.holder === this.own;
    if (isGiven || goesOn) this.givenAt = id;
  }

  private news = () => new Promise<void>((wake) => this.waiting.push(wake));

  private wake() {
    for (const wake of this.waiting.splice(0)) wake();
  }
}
