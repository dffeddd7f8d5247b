// `npm start`: from a fresh clone to a running server; later starts skip what is done.
import { build } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { install } from './install.mjs';

endWithNpm();
install();
build();
// Only now is everything installed that this imports.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/src/main.js');
