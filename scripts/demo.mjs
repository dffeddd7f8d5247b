// `npm run demo`: shows the main use case on a temporary server.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
await build();
// Imported only after the installation and the build.
const { sandboxImage } = await import('./sandbox-image.mjs');
await sandboxImage();
await import('../dist/demo/main.js');
