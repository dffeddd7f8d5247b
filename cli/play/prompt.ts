import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Output } from '../terminal/output.js';

/** The source of the player's lines: an interactive terminal or a pipe. */
export class InputPrompt {
  readonly isInteractive: boolean;
  private readonly lineReader: Interface;
  private readonly typed: AsyncIterator<string>;
  private readonly ending = new AbortController();

  constructor(out: Output) {
    this.isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true && !out.isJson;
    this.lineReader = createInterface({
      input: process.stdin,
      output: this.isInteractive ? process.stdout : undefined,
      terminal: this.isInteractive,
    });
    // Created now, because lines typed before the first read would be lost.
    this.typed = this.lineReader[Symbol.asyncIterator]();
    this.lineReader.on('SIGINT', () => this.lineReader.close());
  }

  /** Aborts when there are no further lines. */
  get closed(): AbortSignal {
    return this.ending.signal;
  }

  /** Sets the text of the prompt. */
  setPrompt(words: string) {
    this.lineReader.setPrompt(words);
    this.ask();
  }

  async *lines(): AsyncGenerator<string> {
    this.ask();
    for (let next = await this.typed.next(); !next.done; next = await this.typed.next()) {
      yield next.value;
      this.ask();
    }
  }

  /** Prints above the line that is being typed. */
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
