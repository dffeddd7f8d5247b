// `npm run demo`: the main job, end to end, on a server of its own that is gone afterwards.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
// Only now is everything installed that this imports.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/demo/main.js');
