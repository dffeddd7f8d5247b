import type { Socket } from 'node:net';

/** Detects when none of the bot's operations in Node is pending, which is when Node would exit. */
export class Quiet {
  private end: () => void = () => {};

  /** The connection to the parent process is not counted. */
  constructor(private readonly line: Socket) {
    process.on('beforeExit', () => this.end());
  }

  /** Resolves when nothing is pending, or when it is interrupted. */
  wait(): Promise<void> {
    this.line.unref();
    return new Promise((resolve) => {
      this.end = () => {
        this.line.ref();
        resolve();
      };
    });
  }

  interrupt(): void {
    this.end();
  }
}
