// Writes verifier/bundle/released.ts: the hashes of kits, packages and root file systems that were ever published, from
// executed-texts/index.json. keep-texts.mjs calls it.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const FILE = 'verifier/bundle/released.ts';

export function writeReleased() {
  const index = JSON.parse(readFileSync('executed-texts/index.json', 'utf8'));
  const kits = index.map(({ kit }) => kit);
  const packages = index.flatMap(({ presets }) => presets.flatMap(({ bundled }) => Object.values(bundled)));
  const rootfs = index.flatMap(({ harness }) => Object.values(harness.rootfs));
  const list = (name, hashes) => {
    const lines = [...new Set(hashes)].sort().map((hash) => `  '${hash}',\n`);
    return `export const ${name}: readonly string[] = [${lines.length ? `\n${lines.join('')}` : ''}];\n`;
  };
  const parts = [list('KITS', kits), list('PACKAGES', packages), list('ROOT_FILE_SYSTEMS', rootfs)];
  writeFileSync(FILE, `// Written by scripts/released-texts.mjs from executed-texts/index.json.\n${parts.join('\n')}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeReleased();
