import { machine } from './report.js';

/** `npm run bench -- <suite>`. Figures of one run on one machine: compare them with one another, not with another day's. */
const SUITES = {
  memory: () => import('./posting.js'),
  proofs: () => import('./proofs.js'),
  neighbour: () => import('./neighbour.js'),
  sandbox: () => import('./sandbox.js'),
  server: () => import('./server.js'),
};

const name = process.argv[2] ?? 'sandbox';
if (!Object.hasOwn(SUITES, name)) {
  console.error(`There is no suite ${name}: ${Object.keys(SUITES).join(', ')}.`);
  process.exit(1);
}
console.log(machine());
const { bench } = await SUITES[name as keyof typeof SUITES]();
await bench();
process.exit(0);
