// The image of sandboxes: built once for each content, by `npm start`, `npm test` or by hand.
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
/** The file from which the server reads the name of the image. */
const FILE = 'dist/sandbox-image.json';

/**
 * Builds the image on every available engine that lacks it, and returns its tag and labels. Undefined if sandboxes are
 * off, no engine is available, or the build fails; the reason is logged.
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

/** Written in one step, because a server that starts now may read it. */
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

/** Images of other versions are kept, because another server on this machine may use them. */
async function mentionOthers(engine, tag, log) {
  const images = await engine.listImages({ filters: { reference: [REPO] } });
  const others = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((other) => other !== tag);
  if (others.length > 0) log(`  images of other versions: docker image rm ${others.join(' ')}`);
}

const isPublic = (base) => !base.startsWith(REPO);

/** Builds the image again without a cache and returns its labels. The hash of its file system should be the same. */
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

// By hand: `node scripts/sandbox-image.mjs`; with `--again` it checks that a second build is identical.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const image = process.argv.includes('--again') ? await rebuilt() : await sandboxImage({ log: console.error });
  console.log(image ? JSON.stringify(image, null, 2) : 'There is no sandbox image.');
  process.exit(image ? 0 : 1);
}
