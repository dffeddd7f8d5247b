import { HTTPS_PORT, hostName, type Target } from '../../../platform/egress/host-rules.js';

const LONGEST = 1_000;

/** Whether a client names itself by the address of its metadata document, in whatever spelling. Ids of ours hold no colon. */
export const isAddress = (clientId: string) => /^[a-z][a-z0-9+.-]*:/i.test(clientId);

/**
 * The address of a document that may be fetched: https on the usual port of a host with a name, with a path, and spelled in
 * the one way that URL writes it, because clients are told apart by this text. Undefined where it is anything else.
 */
export function documentUrl(text: string): URL | undefined {
  if (text.length > LONGEST || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.href === text && !url.username && !url.password && !text.includes('#') && !url.port;
  if (!isPlain || url.protocol !== 'https:' || url.pathname === '/' || hostName(url.hostname) !== url.hostname)
    return undefined;
  return url;
}

export const targetOf = (url: URL): Target => ({ host: url.hostname, port: HTTPS_PORT });
