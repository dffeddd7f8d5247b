// Installs the official test tools, which are no part of Parley (tools/package.json), unless that is already done. They
// want a newer Node than Parley does: where this one is too old, one that is new enough is installed with them.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { installFolder } from './install.mjs';

const FOLDER = 'tools';

/** They are wanted in CI, and wherever somebody has installed them by hand: `node scripts/tools.mjs`. */
export const areToolsWanted = () => process.env.CI === 'true' || existsSync(`${FOLDER}/node_modules`);

export function tools() {
  // None of them needs its scripts: the inspector's builds its other clients.
  installFolder(FOLDER, ['--ignore-scripts'], 'Installing the test tools (once; about 80 MB) …');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) tools();
