import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
// @ts-expect-error it is a script, which declares no types
import { isQuick } from '../../scripts/quick.mjs';

const FILES = ['bot-presets', 'bot-sdk', 'cli', 'sandbox-image', 'src', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(spec|test)\.ts$/.test(path) && !path.includes('node_modules'))
    .map((path) => `${folder}/${path}`),
);
/** What a file that takes long says itself, as it is written here and there. */
const SAYS =
  /\b(startServer|startSandboxed|describeWithDocker|DockerArena|openDockerRunner|describeWithTools|chromium)\b/;

describe('npm run test:quick', () => {
  test('leaves out every file that starts its own server, a container, a browser or the official tools', () => {
    const long = FILES.filter((file) => SAYS.test(readFileSync(file, 'utf8').replace(/^import type .*$/gm, '')));

    expect(long.length).toBeGreaterThan(60);
    expect(long.filter((file) => isQuick(file) && !file.endsWith('/quick.spec.ts'))).toEqual([]);
  });

  test.each(['bot-sdk', 'bot-presets', 'cli', 'sandbox-image'])('runs every test beside the code of %s', (folder) => {
    const beside = FILES.filter((file) => file.startsWith(`${folder}/`));

    expect(beside.length).toBeGreaterThan(0);
    expect(beside.filter((file) => !isQuick(file))).toEqual([]);
  });

  test('runs files that share a server or need none', () => {
    const plain = FILES.filter((file) => file.startsWith('test/') && /useServer\(\)/.test(readFileSync(file, 'utf8')));
    const alone = plain.filter((file) => !SAYS.test(readFileSync(file, 'utf8')));

    expect(alone.length).toBeGreaterThan(20);
    expect(alone.filter((file) => !isQuick(file))).toEqual([]);
  });
});
