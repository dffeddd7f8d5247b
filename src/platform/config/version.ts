import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in the nearest package.json above this file, for src as well as dist. */
export const VERSION: string = JSON.parse(readFileSync(packageJson(fileURLToPath(import.meta.url)), 'utf8')).version;

function packageJson(below: string): string {
  const file = join(dirname(below), 'package.json');
  return existsSync(file) ? file : packageJson(dirname(below));
}
