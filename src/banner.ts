import { type Config, isLoopbackHost } from './platform/config/config.js';
import type { ServerKey } from './platform/secrets/server-key.js';
import type { DockerRunner } from './runtime/docker/docker-runner.js';
import type { Runners } from './runtime/runners.js';

/** The lines that a person sees when the server has started: which address to use, and which bots can run here. */
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
${noticesOf(config)}${openDoor(config)}${blindToClients(config)}  Data                      ${config.dataPlace}
  Server key                ${key.verifierKey}
${docker ? containers(docker) : embedded(missing)}
`;
}

const OPEN = 'open: each sign-in is a new guest, for use on this machine only';

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

const noticesOf = ({ notices }: Config) => notices.map((notice) => `  Setting                   ${notice}\n`).join('');

function openDoor({ host, port, authMode }: Config) {
  if (isLoopbackHost(host) || authMode === 'accounts') return '';
  return `  Beware                    HOST=${host} is not a loopback address: everyone who can reach port ${port} can use the server\n`;
}

/** The server itself speaks http, so an https address belongs to a proxy in front of it. */
function blindToClients({ publicUrl, limits: { trustProxy } }: Config) {
  if (!publicUrl.startsWith('https:') || typeof trustProxy === 'number' || trustProxy.length) return '';
  return `  Beware                    TRUST_PROXY is empty: all clients behind your proxy count as one address\n`;
}
