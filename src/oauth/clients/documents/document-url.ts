import { type HostTarget, HTTPS_PORT, hostName } from '../../../platform/egress/host-rules.js';

const LONGEST = 1_000;

/** Whether a client id is a URL, in any spelling. Ids that we create contain no colon. */
export const isAddress = (clientId: string) => /^[a-z][a-z0-9+.-]*:/i.test(clientId);

/**
 * The URL of a metadata document: https, default port, a host name, a path, and already in URL's normalized form,
 * because clients are compared by this text. Undefined for anything else.
 */
export function documentUrl(text: string): URL | undefined {
  if (text.length > LONGEST || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.href === text && !url.username && !url.password && !text.includes('#') && !url.port;
  if (!isPlain || url.protocol !== 'https:' || url.pathname === '/' || hostName(url.hostname) !== url.hostname)
    return undefined;
  return url;
}

export const documentTarget = (url: URL): HostTarget => ({ host: url.hostname, port: HTTPS_PORT });
