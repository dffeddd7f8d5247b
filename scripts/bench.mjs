// `npm run bench -- sandbox`: figures of this machine, as ratios against a floor and a peer of the same run.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
// Only now is everything installed that this imports.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/bench/main.js');
