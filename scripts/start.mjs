// `npm start`: from a fresh clone to a running server; later starts skip what is done.
import { build } from './build.mjs';
import { install } from './install.mjs';

install();
build();
await import('../dist/src/main.js');
