// The settings about sandboxes as the server reads them: environment variables take precedence over the file.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export function sandboxSettings() {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const { SANDBOX, SANDBOX_IMAGE, SANDBOX_ENGINES, SANDBOX_RUNTIME, SANDBOX_PIDS, DOCKER_HOST } = {
    ...file,
    ...process.env,
  };
  return {
    kind: SANDBOX || 'auto',
    image: SANDBOX_IMAGE || undefined,
    /** In the format of DOCKER_HOST; empty: the default socket. */
    engines: (SANDBOX_ENGINES || DOCKER_HOST || '').split(',').map((address) => address.trim()),
    runtime: SANDBOX_RUNTIME || '',
    pids: Number(SANDBOX_PIDS || 64),
  };
}
