import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Output } from '../terminal/output.js';

/** Where the player's lines come from: a person at a terminal, who is asked, or a pipe. */
export class Prompt {
  readonly isInteractive: boolean;
  private readonly lineReader: Interface;
  private readonly typed: AsyncIterator<string>;
  private readonly ending = new AbortController();

  constructor(
    out: Output,
    private readonly seat: string,
  ) {
    this.isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true && !out.isJson;
    this.lineReader = createInterface({
      input: process.stdin,
      output: this.isInteractive ? process.stdout : undefined,
      terminal: this.isInteractive,
    });
    // Taken now: what is typed before somebody asks for lines would be lost.
    this.typed = this.lineReader[Symbol.asyncIterator]();
    this.lineReader.on('SIGINT', () => this.lineReader.close());
    this.isTurn(false);
  }

  /** Fires when nobody can say anything any more. */
  get closed(): AbortSignal {
    return this.ending.signal;
  }

  /** Asks for a move, or only for words. */
  isTurn(isMine: boolean) {
    this.lineReader.setPrompt(isMine ? `${this.seat}, your turn> ` : `${this.seat}> `);
    this.ask();
  }

  async *lines(): AsyncGenerator<string> {
    this.ask();
    for (let next = await this.typed.next(); !next.done; next = await this.typed.next()) {
      yield next.value;
      this.ask();
    }
  }

  /** Prints above what is being typed. */
  async above(print: () => Promise<void>) {
    if (this.isInteractive) {
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    await print();
    this.ask();
  }

  close() {
    this.lineReader.close();
    this.ending.abort();
  }

  private ask() {
    if (this.isInteractive && !this.ending.signal.aborted) this.lineReader.prompt(true);
  }
}
