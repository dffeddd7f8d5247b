// Installs the official test tools (tools/package.json), unless they are installed. They need a newer Node than Parley;
// if this one is too old, a newer one is installed with them.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { installFolder } from './install.mjs';

const FOLDER = 'tools';

/** Whether the tools are used: in CI, and if they were installed by hand with `node scripts/tools.mjs`. */
export const areToolsWanted = () => process.env.CI === 'true' || existsSync(`${FOLDER}/node_modules`);

export function tools() {
  // Install scripts are not needed; the inspector's would build its other clients.
  installFolder(FOLDER, ['--ignore-scripts'], 'Installing the test tools (once; about 80 MB) …');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) tools();
