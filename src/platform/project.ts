import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file or folder of the project by its path there, both from the sources and from the built server. */
export const projectPath = (...parts: string[]) => join(ROOT, ...parts);

const ROOT = rootOf(dirname(fileURLToPath(import.meta.url)));

function rootOf(folder: string): string {
  return existsSync(join(folder, 'bot-presets')) ? folder : rootOf(dirname(folder));
}
