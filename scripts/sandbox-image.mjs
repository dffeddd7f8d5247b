// The image that sandboxes are started from: built once for each content, by `npm start`, `npm test` and by hand.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { baseImage } from './sandbox-image/base.mjs';
import { buildImage } from './sandbox-image/build.mjs';
import { content } from './sandbox-image/content.mjs';
import { findEngine, imageOf } from './sandbox-image/engine.mjs';
import { sandboxSettings } from './sandbox-image/settings.mjs';

const REPO = 'parley-sandbox';
const BASE = 'parley-sandbox-base';
/** Where the server reads which image it is to use. */
const FILE = 'dist/sandbox-image.json';

/**
 * Sees to it that every engine that answers has the image, and answers with its tag and labels. Undefined where none is
 * wanted, where no engine answers, and where the image cannot be built, which it says in a sentence.
 */
export async function sandboxImage({ log = console.log } = {}) {
  const { kind, image: ownImage, engines } = sandboxSettings();
  if (kind === 'embedded' || ownImage) return undefined;
  let image;
  for (const address of engines) {
    const engine = await findEngine(address);
    if (!engine) continue;
    try {
      image = await ensure(engine, log);
    } catch (error) {
      log(`The sandbox image could not be built: ${error.message}`);
    }
  }
  if (image) record(image);
  return image;
}

/** In one step: a server that starts just now reads all of it or what was there before. */
function record(image) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(`${FILE}.${process.pid}`, `${JSON.stringify(image, null, 2)}\n`);
  renameSync(`${FILE}.${process.pid}`, FILE);
}

async function ensure(engine, log) {
  const { hash, baseHash } = content();
  const version = hash.slice(0, 16);
  const tag = `${REPO}:${version}`;
  const present = await imageOf(engine, tag);
  if (present) return { tag, labels: present.Config.Labels };
  const started = Date.now();
  log(`Building the sandbox image ${tag} (once, a minute or two) …`);
  const base = await baseImage(engine, `${BASE}:${baseHash.slice(0, 16)}`, log);
  log(`  building on ${base} …`);
  const labels = await buildImage(engine, { ...content(), base, isOnline: isPublic(base), repo: REPO, version });
  const { Size } = await imageOf(engine, tag);
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  log(`  ${Math.round(Size / 1e6)} MB in ${seconds} s, rootfs ${labels['parley.rootfs']}`);
  await mentionOthers(engine, tag, log);
  return { tag, labels };
}

/** Images of other versions may be in use by another server of this machine: they stay until somebody removes them. */
async function mentionOthers(engine, tag, log) {
  const images = await engine.listImages({ filters: { reference: [REPO] } });
  const others = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((other) => other !== tag);
  if (others.length > 0) log(`  images of other versions: docker image rm ${others.join(' ')}`);
}

const isPublic = (base) => !base.startsWith(REPO);

/** Builds the image once more, from nothing, and answers with its labels. The hash of its file system should be the same. */
async function rebuilt() {
  const [address] = sandboxSettings().engines;
  const engine = await findEngine(address);
  if (!engine) throw new Error('no container engine answers');
  const version = `check-${process.pid}-${Date.now()}`;
  const base = await baseImage(engine, `${BASE}:${version}`, () => {});
  try {
    const as = { base, isOnline: isPublic(base), repo: REPO, version, isAnew: true };
    const labels = await buildImage(engine, { ...content(), ...as });
    await engine.getImage(`${REPO}:${version}`).remove();
    return { labels };
  } finally {
    if (!isPublic(base)) await engine.getImage(base).remove();
  }
}

// By hand: `node scripts/sandbox-image.mjs`, and with `--again` to see whether a second build gives the same.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const image = process.argv.includes('--again') ? await rebuilt() : await sandboxImage({ log: console.error });
  console.log(image ? JSON.stringify(image, null, 2) : 'There is no sandbox image.');
  process.exit(image ? 0 : 1);
}
