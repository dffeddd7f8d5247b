import { visible, visibleJson } from './visible.js';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
type Style = keyof typeof CODES;
/** Marks text for people; plain where nobody can see it. */
export type Paint = (style: Style, text: string) => string;

/** Where a command says what it found: for people, or with `--json` one JSON value a line for programs. */
export class Output {
  constructor(
    readonly isJson: boolean,
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly asides: NodeJS.WriteStream = process.stderr,
    private readonly env = process.env,
  ) {}

  /** The answer of the command: as data, or as the lines that `words` makes of it. */
  answer(data: object, words: (paint: Paint) => string | readonly string[]) {
    if (this.isJson) this.line(visibleJson(data));
    else for (const line of [words(this.paintFor(this.out))].flat()) this.line(line);
  }

  line(text = '') {
    this.out.write(`${text}\n`);
  }

  /** What a person should know and a program should not have to read. */
  aside(text: string) {
    this.asides.write(`${text}\n`);
  }

  get paint(): Paint {
    return this.paintFor(this.out);
  }

  private paintFor(stream: NodeJS.WriteStream): Paint {
    const colours = stream.isTTY && !this.env.NO_COLOR && this.env.TERM !== 'dumb';
    return (style, text) => (colours ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text);
  }
}

/** Rows with their cells under each other. Cells are made visible; the last one may be of any length. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(visible));
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
