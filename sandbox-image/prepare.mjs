// Runs while the image is built, on either base: makes /rootfs, which becomes the image.
import fs from 'node:fs';
import { join } from 'node:path';
import { assemble, libraries, plainModes, run } from './assemble.mjs';

const ROOT = '/rootfs';
const PYTHON = join(ROOT, 'usr/lib/python3.11');

// A base from a registry has apt and a network; one assembled by scripts/sandbox-image.mjs has the folder already.
if (!fs.existsSync(ROOT)) {
  run('apt-get', ['-q', 'update']);
  assemble(ROOT, process.execPath);
}
fs.cpSync(new URL('harness/', import.meta.url), join(ROOT, 'opt/sandbox'), { recursive: true });
compilePython(PYTHON, join(ROOT, 'usr/lib/python3/dist-packages'), join(ROOT, 'opt/sandbox/python'));
plainModes(ROOT);

/** Bytecode that is believed without a look at the clock: Python starts in a quarter of the time, and could not write it itself. */
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
