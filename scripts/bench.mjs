// `npm run bench -- sandbox` and `-- neighbour [attack…]`: measurements of this machine, as ratios to a baseline of the
// same run.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
await build();
// Imported only after the installation and the build.
if ((process.argv[2] ?? 'sandbox') === 'sandbox') {
  const { sandboxImage } = await import('./sandbox-image.mjs');
  await sandboxImage();
}
await import('../dist/bench/main.js');
