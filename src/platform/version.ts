import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Our version, from package.json: the nearest one above this file, whether it runs from src or from dist. */
export const VERSION: string = JSON.parse(readFileSync(packageJson(fileURLToPath(import.meta.url)), 'utf8')).version;

function packageJson(below: string): string {
  const file = join(dirname(below), 'package.json');
  return existsSync(file) ? file : packageJson(dirname(below));
}
