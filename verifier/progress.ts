import type { WriteStream } from 'node:tty';

/** A progress bar on a terminal; nothing elsewhere. */
export class Progress {
  private shownAt = 0;

  constructor(private readonly stream: WriteStream) {}

  show(done: number, all: number) {
    const now = performance.now();
    if (!this.stream.isTTY || now - this.shownAt < REDRAW_MS) return;
    this.shownAt = now;
    const filled = Math.round((WIDTH * done) / all);
    this.stream.write(`\r[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${done} of ${all} runs`);
  }

  clear() {
    if (this.shownAt > 0) this.stream.write('\r\u001b[K');
    this.shownAt = 0;
  }
}

const WIDTH = 40;
const REDRAW_MS = 100;
