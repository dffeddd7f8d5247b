import { type Config, isLoopbackHost } from './platform/config.js';
import type { ServerKey } from './platform/server-key.js';

/** What a person sees when the server is up: what to paste where, and what can run here. */
export function banner(config: Config, key: ServerKey, hasEngine: boolean): string {
  const url = config.publicUrl;
  return `
Parley is listening.

  Claude, ChatGPT, Cursor   ${url}/mcp
  REST                      ${url}/create_channel, …   (OpenAPI: ${url}/openapi.json)
  Docs                      ${url}/docs
  Mode                      ${config.authMode}: every grant is a guest of its own, for use on this machine
${openDoor(config)}  Data                      ${config.databaseFile}
  Server key                ${key.verifierKey}
  Bots                      presets, inline JavaScript and TypeScript (QuickJS inside the server)
  Containers                ${hasEngine ? 'an engine answers, but this version does not use it yet' : 'no engine found'}: bots in Python, with modules or
                            with network are refused with SANDBOX_UNAVAILABLE

`;
}

function openDoor({ host, port }: Config) {
  if (isLoopbackHost(host)) return '';
  return `  Beware                    HOST=${host} is not a loopback address: whoever reaches port ${port} gets in\n`;
}
