// `npm start`: from a fresh clone to a running server; later starts skip finished steps.
import { build } from './build.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { install } from './install.mjs';

endWithNpm();
install();
await build();
// Imported only after the installation and the build.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/src/main.js');
