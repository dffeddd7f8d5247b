// Builds the image on a base and tags it only when it is complete: an interrupted build leaves no image, and concurrent
// builds have the same result.
import { randomUUID } from 'node:crypto';
import { inFolder, NODE } from './content.mjs';
import { follow } from './engine.mjs';
import { readRootfs } from './rootfs.mjs';

/** How long to wait for a build step without any progress: apt may download slowly. */
const SILENT_MS = 10 * 60_000;
const VERSIONS = 'opt/sandbox/packages.txt';
/**
 * The name prefix of build containers. Not a label, because containers inherit labels of their image, and sandboxes
 * must not look like build containers.
 */
const SCAFFOLD = 'parley-image-build-';
/** A build container older than this is abandoned. */
const FORGOTTEN_S = 20 * 60;

/** Builds the image `repo:version` from `files` on the base and returns its labels. `isAnew`: without a cache. */
export async function buildImage(engine, { files, hash, base, repo, version, isOnline, isAnew = false }) {
  await removeForgotten(engine);
  const id = await build(engine, files, { base, isOnline, isAnew });
  const container = await engine.createContainer({
    name: `${SCAFFOLD}${randomUUID()}`,
    Image: id,
    Cmd: ['/usr/local/bin/node', '/opt/sandbox/node/main.mjs'],
    NetworkDisabled: true,
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    const { rootfs, kept } = await readRootfs(await container.export(), [VERSIONS]);
    const labels = {
      'parley.content': hash,
      'parley.rootfs': rootfs,
      'parley.node': NODE.version,
      'parley.python': /^python3\.11-minimal (\S+?)-/m.exec(kept[VERSIONS])[1],
    };
    const changes = Object.entries(labels).map(([name, value]) => `LABEL ${name}="${value}"`);
    await container.commit({ repo, tag: version, changes: changes.join('\n'), comment: `Parley's sandbox ${hash}` });
    return labels;
  } finally {
    await container.remove({ force: true });
  }
}

function build(engine, files, { base, isOnline, isAnew }) {
  return inFolder(files, async (folder) => {
    const stream = await engine.buildImage(
      { context: folder, src: [...files.keys()] },
      { buildargs: { BASE_IMAGE: base }, forcerm: true, nocache: isAnew, ...(isOnline ? {} : { networkmode: 'none' }) },
    );
    const messages = await follow(engine, stream, SILENT_MS);
    return messages.findLast(({ aux }) => aux?.ID).aux.ID;
  });
}

/** Removes what earlier builds left: containers of killed builds, and intermediate images. */
async function removeForgotten(engine) {
  const scaffolds = await engine.listContainers({ all: true, filters: { name: [`^/${SCAFFOLD}`] } });
  const forgotten = scaffolds.filter(({ Created }) => Date.now() / 1_000 - Created > FORGOTTEN_S);
  for (const { Id } of forgotten) {
    await engine
      .getContainer(Id)
      .remove({ force: true })
      .catch(() => {});
  }
  const filters = { dangling: ['true'], label: ['parley.stage=prepared'], until: [`${FORGOTTEN_S}s`] };
  await engine.pruneImages({ filters });
}
