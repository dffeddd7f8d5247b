// Stores the code that is executed now (kit, harness, presets) by its hash: `npm run build && node
// scripts/keep-texts.mjs <commit or version>`. Receipts contain hashes, and a later verification needs the code.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeReleased } from './released-texts.mjs';
import { content } from './sandbox-image/content.mjs';

const FOLDER = 'executed-texts';
const INDEX = join(FOLDER, 'index.json');
const BUILT_IMAGE = 'dist/sandbox-image.json';

const [state] = process.argv.slice(2);
if (!/^[\w.-]+$/.test(state ?? '') || !existsSync('dist/bot-sdk/kit.js')) {
  console.error('npm run build && node scripts/keep-texts.mjs <commit or version>');
  process.exit(2);
}
const { KIT } = await import('../dist/bot-sdk/kit.js');
const { prepare } = await import('../dist/bot-sdk/bundle.js');
const { bundlePackages } = await import('../dist/bot-sdk/npm-packages.js');

mkdirSync(join(FOLDER, 'texts'), { recursive: true });
const index = existsSync(INDEX) ? JSON.parse(readFileSync(INDEX, 'utf8')) : [];
const now = { kit: keep(KIT), harness: harness(), presets: presets() };
if (index.some(({ state: _, ...known }) => JSON.stringify(withoutImage(known)) === JSON.stringify(withoutImage(now)))) {
  console.log('All of it is kept already.');
} else {
  writeFileSync(INDEX, `${JSON.stringify([...index, { state, ...now }], null, 2)}\n`);
  writeReleased();
  console.log(`Kept as ${state}.`);
}

/** The image is named by the hash of its sources; receipts name the hash of its file system, known after the build. */
function harness() {
  const { files, hash } = content();
  const built = existsSync(BUILT_IMAGE) ? JSON.parse(readFileSync(BUILT_IMAGE, 'utf8')).labels : {};
  const rootfs = built['parley.content'] === hash ? { [process.arch]: built['parley.rootfs'] } : {};
  return { content: hash, rootfs, files: Object.fromEntries([...files].map(([path, bytes]) => [path, keep(bytes)])) };
}

function presets() {
  return readdirSync('bot-presets', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: folder }) => {
      const read = (file) => readFileSync(join('bot-presets', folder, file), 'utf8');
      const file = ['bot.js', 'bot.ts', 'bot.py'].find((name) => existsSync(join('bot-presets', folder, name)));
      const { name, version, language } = JSON.parse(read('manifest.json'));
      const bundle = prepare(read(file), language, name);
      const { source, executed } = bundle;
      const bundled = Object.entries(bundlePackages(bundle)).map(([packaged, text]) => [packaged, keep(text)]);
      return { name, version, source: keep(source), executed: keep(executed), bundled: Object.fromEntries(bundled) };
    });
}

function keep(text) {
  const hash = createHash('sha256').update(text).digest('hex');
  const file = join(FOLDER, 'texts', hash);
  if (!existsSync(file)) writeFileSync(file, text);
  return `sha256:${hash}`;
}

function withoutImage({ harness: { rootfs: _, ...recipe }, ...rest }) {
  return { ...rest, harness: recipe };
}
