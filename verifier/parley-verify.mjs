#!/usr/bin/env node
// The command `parley-verify`: runs the build of this folder.
import { existsSync } from 'node:fs';

const main = new URL('../dist/verifier/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('Parley is not built yet. Run `npm start` or `npm run build` in its folder first.');
  process.exitCode = 2;
}
