// `npm run demo`: the main job, end to end, on a server of its own that is gone afterwards.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
await import('../dist/demo/main.js');
