// Fails if modules of the Python harness import each other in a cycle, including imports inside functions. Used by npm
// run line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = 'sandbox-image/python';

const modules = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.py'))
    .map((name) => [name.slice(0, -3), importsOf(readFileSync(join(FOLDER, name), 'utf8'))]),
);

const circles = [...modules.keys()].flatMap((name) => circleFrom(name) ?? []);
for (const circle of circles) console.error(`${FOLDER}: ${circle}`);
if (circles.length) process.exit(1);
console.log(`no circle among the ${modules.size} modules of ${FOLDER}`);

function importsOf(source) {
  const statements = source.matchAll(/^\s*(?:from\s+(\w+)\s+import\b|import\s+(.+))/gm);
  return [...statements].flatMap(
    ([, from, names]) => from ?? names.split(',').map((name) => name.trim().split(/\W/)[0]),
  );
}

/** The shortest import cycle through a module, as text. */
function circleFrom(start) {
  const reached = new Set();
  const ways = [[start]];
  for (const way of ways) {
    for (const next of modules.get(way.at(-1)) ?? []) {
      if (next === start) return [...way, next].join(' → ');
      if (modules.has(next) && !reached.has(next)) ways.push([...way, next]);
      reached.add(next);
    }
  }
  return undefined;
}
