// `npm start`: from a fresh clone to a running server; later starts skip what is done.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
// Only now is everything installed that this imports.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/src/main.js');
