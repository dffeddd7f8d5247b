import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Dockerode from 'dockerode';

/**
 * The options to connect to an engine at an address in the format of DOCKER_HOST: `unix:///path`, `tcp://host:port`,
 * `ssh://user@host`. Empty: as the environment says. For tcp, DOCKER_CERT_PATH is the folder of the certificates, as
 * for the docker command.
 */
export function engineOptions(address: string): Dockerode.DockerOptions | undefined {
  if (!address) return undefined;
  const { protocol, pathname, hostname: host, port, username } = new URL(address);
  if (protocol === 'unix:') return { socketPath: pathname };
  if (protocol === 'ssh:') return { protocol: 'ssh', host, port: port || 22, username: username || undefined };
  const folder = process.env.DOCKER_CERT_PATH;
  if (!folder || protocol === 'http:') return { protocol: 'http', host, port };
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(folder, file), 'utf8'));
  return { protocol: 'https', host, port, ca, cert, key };
}
