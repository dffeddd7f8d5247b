import { terminalJson, visible } from './visible.js';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
type Style = keyof typeof CODES;
/** Formats text for a terminal; returns plain text if the output is not a terminal. */
export type Paint = (style: Style, text: string) => string;

/** Prints the results of a command: text for people, or with `--json` one JSON value per line for programs. */
export class Output {
  constructor(
    readonly isJson: boolean,
    private readonly out: NodeJS.WriteStream = process.stdout,
    private readonly asides: NodeJS.WriteStream = process.stderr,
    private readonly env = process.env,
  ) {}

  /** Prints the answer of the command: the data, or the lines that `words` makes of it. */
  answer(data: object, words: (paint: Paint) => string | readonly string[]) {
    if (this.isJson) this.line(terminalJson(data));
    else for (const line of [words(this.paintFor(this.out))].flat()) this.line(line);
  }

  line(text = '') {
    this.out.write(`${text}\n`);
  }

  /** Prints a remark for people only. */
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

/**
 * Formats rows as a table with aligned columns. Invisible characters are escaped; the last column may have any width.
 */
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
