import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a file or folder of the project, for code that runs from the sources or from the build. */
export const projectPath = (...parts: string[]) => join(ROOT, ...parts);

const ROOT = rootOf(dirname(fileURLToPath(import.meta.url)));

function rootOf(folder: string): string {
  return existsSync(join(folder, 'bot-presets')) ? folder : rootOf(dirname(folder));
}
