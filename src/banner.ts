import { type Config, isLoopbackHost } from './platform/config.js';
import type { ServerKey } from './platform/server-key.js';
import type { DockerRunner } from './runtime/docker/docker-runner.js';
import type { Runners } from './runtime/runners.js';

/** What a person sees when the server is up: what to paste where, and what can run here. */
export function banner(
  config: Config,
  key: ServerKey,
  { docker, missing }: Pick<Runners, 'docker' | 'missing'>,
): string {
  const url = config.publicUrl;
  return `
Parley is listening.

  Claude, ChatGPT, Cursor   ${url}/mcp
  REST                      ${url}/create_channel, …   (OpenAPI: ${url}/openapi.json)
  Docs                      ${url}/docs
  Mode                      ${config.authMode === 'open' ? OPEN : accounts(config)}
${openDoor(config)}${blindToClients(config)}  Data                      ${config.databaseFile}
  Server key                ${key.verifierKey}
${docker ? containers(docker) : embedded(missing)}
`;
}

const OPEN = 'open: every grant is a guest of its own, for use on this machine';

const accounts = ({ publicUrl, signUp }: Config) =>
  `accounts: people sign in at ${publicUrl}/account, sign-up is ${signUp}
                            (the first admin: npm run admin -- create NAME)`;

const containers = (
  docker: DockerRunner,
) => `  Bots                      presets inside the server, everyone else's code in containers (at most ${docker.status.most}):
                            JavaScript, TypeScript and Python
`;

const embedded = (
  missing = '',
) => `  Bots                      presets, inline JavaScript and TypeScript (QuickJS inside the server)
  Containers                ${missing}: bots in Python or with modules of Node
                            are refused with SANDBOX_UNAVAILABLE
`;

function openDoor({ host, port, authMode }: Config) {
  if (isLoopbackHost(host) || authMode === 'accounts') return '';
  return `  Beware                    HOST=${host} is not a loopback address: whoever reaches port ${port} gets in\n`;
}

/** The server itself speaks http, so in front of https there is a proxy. */
function blindToClients({ publicUrl, limits: { trustProxy } }: Config) {
  if (!publicUrl.startsWith('https:') || typeof trustProxy === 'number' || trustProxy.length) return '';
  return `  Beware                    TRUST_PROXY is empty: everyone behind your proxy counts as one address\n`;
}
