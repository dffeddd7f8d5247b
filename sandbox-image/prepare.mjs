// Runs during the image build, on either base: creates /rootfs, which becomes the image.
import fs from 'node:fs';
import { join } from 'node:path';
import { assemble, libraries, plainModes, run } from './assemble.mjs';

const ROOT = '/rootfs';
const PYTHON = join(ROOT, 'usr/lib/python3.11');

// A base image from a registry has apt and a network; the one assembled by scripts/sandbox-image.mjs already has the
// folder.
if (!fs.existsSync(ROOT)) {
  run('apt-get', ['-q', 'update']);
  assemble(ROOT, process.execPath);
}
fs.cpSync(new URL('harness/', import.meta.url), join(ROOT, 'opt/sandbox'), { recursive: true });
compilePython(PYTHON, join(ROOT, 'usr/lib/python3/dist-packages'), join(ROOT, 'opt/sandbox/python'));
plainModes(ROOT);

/**
 * Compiles Python to bytecode that is used without checking modification times: Python then starts four times as fast,
 * and could not write bytecode itself.
 */
function compilePython(...folders) {
  const library = join(ROOT, libraries(ROOT));
  const loader = fs.readdirSync(library).find((name) => name.startsWith('ld-linux-'));
  run(
    join(library, loader),
    [
      ...['--library-path', library, join(ROOT, 'usr/bin/python3.11')],
      ...['-S', '-m', 'compileall', '-q', '-f', '--invalidation-mode', 'unchecked-hash', '-s', ROOT],
      ...folders.filter((folder) => fs.existsSync(folder)),
    ],
    { env: { PYTHONHOME: join(ROOT, 'usr'), PYTHONHASHSEED: '0' } },
  );
}
