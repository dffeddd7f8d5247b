// `npm run bench -- sandbox` and `-- neighbour [attack…]`: figures of this machine, as ratios against a floor of the same run.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
// Only now is everything installed that this imports.
if ((process.argv[2] ?? 'sandbox') === 'sandbox') {
  const { sandboxImage } = await import('./sandbox-image.mjs');
  await sandboxImage();
}
await import('../dist/bench/main.js');
