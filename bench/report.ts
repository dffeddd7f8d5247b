import { cpus, loadavg, release, totalmem } from 'node:os';
import { setTimeout } from 'node:timers/promises';

/** Times in milliseconds, sorted. */
export class Sample {
  private readonly sorted: readonly number[];

  constructor(values: readonly number[]) {
    this.sorted = [...values].sort((a, b) => a - b);
  }

  /** The value that so great a part of all is at or below. */
  at(part: number): number {
    return this.sorted[Math.min(this.sorted.length - 1, Math.floor(part * this.sorted.length))] ?? Number.NaN;
  }

  get p50() {
    return this.at(0.5);
  }

  get p95() {
    return this.at(0.95);
  }

  get most() {
    return this.at(1);
  }
}

/** How long each of so many calls takes, one after another with a pause between them; the first few are not counted. */
export async function timed(times: number, pauseMs: number, work: (i: number) => Promise<unknown>, warmUp = 3) {
  const values: number[] = [];
  for (let i = 0; i < times + warmUp; i++) {
    await setTimeout(pauseMs);
    const started = performance.now();
    await work(i);
    if (i >= warmUp) values.push(performance.now() - started);
  }
  return new Sample(values);
}

export class Table {
  private readonly rows: string[][] = [];

  constructor(private readonly heads: readonly string[]) {}

  add(...cells: (string | number)[]) {
    const row = cells.map((cell) => (typeof cell === 'number' ? short(cell) : cell));
    this.rows.push(row);
    console.error(row.join('  '));
  }

  /** As Markdown, for the README. */
  print() {
    console.log(`\n| ${this.heads.join(' | ')} |\n| ${this.heads.map(() => '---').join(' | ')} |`);
    for (const row of this.rows) console.log(`| ${row.join(' | ')} |`);
  }
}

export const machine = () => {
  const [{ model } = { model: 'unknown' }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${model.trim()}, ${memory} GiB, Linux ${release()}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`;
};

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
