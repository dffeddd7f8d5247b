import Dockerode from 'dockerode';
import { sandboxLabel } from '../../src/runtime/docker/sandbox-label.js';
import { SANDBOX_LABEL } from '../../src/runtime/docker/sandbox-scheduler.js';
import { type RunningServer, startServer } from './server.js';

/** Strangers' code in containers, and few of those that wait: a story needs one at a time. */
export const IN_CONTAINERS = { SANDBOX: 'docker', SANDBOX_POOL: '1' };

export interface SandboxedServer extends RunningServer {
  /** The ids of its containers, running or not. */
  containers(): Promise<string[]>;
}

/** A server whose bots run in containers, which all go with it. */
export async function startSandboxed(env: Record<string, string> = IN_CONTAINERS): Promise<SandboxedServer> {
  const server = await startServer(env);
  const docker = new Dockerode();
  const label = sandboxLabel(server.dataDir);
  const containers = async () => {
    const found = await docker.listContainers({ all: true, filters: { label: [`${SANDBOX_LABEL}=${label}`] } });
    return found.map(({ Id }) => Id);
  };
  const end = server[Symbol.asyncDispose];
  return Object.assign(server, {
    containers,
    async [Symbol.asyncDispose]() {
      // What a killed server was about to create would come after the look.
      await server.stop();
      await end();
      for (const id of await containers()) await docker.getContainer(id).remove({ force: true, v: true });
    },
  });
}
