import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Starts a program of this folder that sends its port, with a folder for its files. */
export async function startFloor(
  name: string,
): Promise<AsyncDisposable & { readonly url: string; readonly pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-floor-'));
  const program = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [folder], { execArgv: [] });
  const [port] = await once(program, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: program.pid as number,
    async [Symbol.asyncDispose]() {
      const ended = once(program, 'exit');
      program.disconnect();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
