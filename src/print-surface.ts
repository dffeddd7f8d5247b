// Writes the descriptions of the operations to docs/surface/ and .env.example; with --check, only compares.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationCatalog } from './platform/catalogs/operation-catalog.js';
import { readConfig } from './platform/config/config.js';
import { envExample } from './platform/config/settings.js';
import { surfaceOf } from './rest/surface.js';
import { createServer } from './server.js';

const files = { ...surfaceOf(await contracts()), '.env.example': envExample() };
const stale = Object.entries(files).filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is not what the code says: npm run surface`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(path, text);
}

/** Building the application fills the catalog. It does not listen, and its data folder is deleted. */
async function contracts() {
  const folder = mkdtempSync(join(tmpdir(), 'parley-surface-'));
  try {
    const env = { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent' };
    const app = await createServer(readConfig(env, join(folder, '.env')));
    await app.init();
    const found = app.get(OperationCatalog).all();
    await app.close();
    return found.map(({ contract }) => contract);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
