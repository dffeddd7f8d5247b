import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);

/** What the check says of these files. `npm run lint` asks it about the whole project. */
async function findings(files: string[]): Promise<string[]> {
  const script = `import('./scripts/unwatched-promises.mjs').then((m) => console.log(JSON.stringify(m.unwatchedPromises(${JSON.stringify({ files })}))))`;
  const { stdout } = await run(process.execPath, ['-e', script], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout);
}

const UNWATCHED = [
  `work();`,
  `void work();`,
  `const f = () => void work();`,
  `maybe?.work();`,
  `if (maybe) maybe.work(), 1; else 1 ? work() : 0;`,
  `maybe && work();`,
  `work().then(() => 1);`,
  `work().finally(() => {});`,
  `work().catch();`,
  `[1].map(() => work());`,
  `setTimeout(async () => {}, 1);`,
  `setTimeout(work, 1);`,
  `[1].forEach(async () => {});`,
  `emitter.on('a', async () => {});`,
  `const listener: { heard(): void } = { heard: async () => {} };`,
  `const handler: () => void = async () => {};`,
  `like();`,
];

const WATCHED = [
  `await work();`,
  `work().catch(() => {});`,
  `work().then(() => 1, () => 2);`,
  `work().catch(() => {}).finally(() => {});`,
  `const kept = work();`,
  `let later; later = work();`,
  `await Promise.all([1].map(() => work()));`,
  `setTimeout(() => work().catch(() => {}), 1);`,
  `const both: () => void | Promise<void> = async () => {};`,
  `const g = async () => work();`,
  `void 0;`,
];

test('The check finds every form of a promise that nobody awaits, and reports no awaited one', async () => {
  const folder = mkdtempSync('test/platform/unwatched-');
  try {
    const file = join(folder, 'shapes.ts');
    const head = `import { EventEmitter } from 'node:events';
declare function work(): Promise<void>; declare function like(): { then(f: () => void): void };
declare const maybe: { work(): Promise<void> } | undefined; declare const emitter: { on(name: string, f: () => void): void };
export { EventEmitter };`;
    const lines = [...UNWATCHED, ...WATCHED].map((line) => `{ ${line} }`);
    writeFileSync(file, [head, ...lines].join('\n'));

    const found = (await findings([file])).map(
      (finding) => Number(finding.split(':')[1]) - head.split('\n').length - 1,
    );

    const missed = UNWATCHED.filter((_, i) => !found.includes(i));
    const accused = lines.slice(UNWATCHED.length).filter((_, i) => found.includes(UNWATCHED.length + i));
    expect({ missed, accused }).toEqual({ missed: [], accused: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
