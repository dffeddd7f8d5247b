import { visible } from './visible.js';

/** The line of a bot's source that an error names, as `   8 | …`; empty if it names none. */
export function quotedLine(source: string, detail: unknown): string[] {
  const number = Number(/\(line (\d+)\)/.exec(String(detail))?.[1] ?? Number.NaN);
  const line = source.split(/\r\n|\n|\r/)[number - 1];
  return line === undefined ? [] : [`    ${String(number).padStart(4)} | ${visible(line.trim())}`];
}
