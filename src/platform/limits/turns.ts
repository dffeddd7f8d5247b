import { Injectable } from '@nestjs/common';
import { TurnQueue } from '../runtime/turn-queue.js';

/**
 * Large bodies are parsed one in each turn of the event loop, accounts taking turns, so that whatever else arrives is
 * served between two of them.
 */
@Injectable()
export class ParseTurns {
  private readonly waiting = new TurnQueue<() => void>();
  private isTurning = false;

  /** Resolves when a body of this account may be parsed. */
  take(accountId: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(accountId, resolve);
      if (!this.isTurning) setImmediate(this.turn);
      this.isTurning = true;
    });
  }

  private readonly turn = () => {
    this.waiting.shift()?.();
    this.isTurning = this.waiting.length > 0;
    if (this.isTurning) setImmediate(this.turn);
  };
}
