import { type HostRules, type HostTarget, HTTPS_PORT, hostName } from '../../platform/egress/host-rules.js';
import { WebRefusalError } from '../../platform/egress/refusal.js';
import { hasPlainAuthority } from '../../platform/egress/url-spelling.js';

const MAX_URL_LENGTH = 4_096;

/** Reads a URL. Throws a refusal unless it is https, without credentials, on a declared host. */
export function webAddress(text: string, rules: HostRules): URL {
  if (text.length > MAX_URL_LENGTH)
    throw new WebRefusalError('FETCH_BLOCKED', `a URL has at most ${MAX_URL_LENGTH} characters`);
  if (!URL.canParse(text)) throw new WebRefusalError('FETCH_BLOCKED', 'this is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw new WebRefusalError('FETCH_BLOCKED', 'only https: URLs can be fetched');
  if (url.username || url.password)
    throw new WebRefusalError('FETCH_BLOCKED', 'a URL must not hold a name or a password');
  declaredTarget(url.hostname, portOf(url), rules);
  if (!hasPlainAuthority(text)) throw new WebRefusalError('FETCH_BLOCKED', 'this is no URL');
  url.hash = '';
  return url;
}

/** Throws a refusal unless the text is a host name and the host is declared. */
export function declaredTarget(text: string, port: number, rules: HostRules): HostTarget {
  const host = hostName(text);
  if (!host) throw new WebRefusalError('FETCH_BLOCKED', 'a host is reached by its name, never by an address');
  if (rules.allow({ host, port })) return { host, port };
  const address = port === HTTPS_PORT ? host : `${host}:${port}`;
  throw new WebRefusalError(
    'FETCH_BLOCKED',
    `${address} was not declared: name it in permissions.network of the manifest`,
  );
}

export const targetOf = (url: URL): HostTarget => ({ host: url.hostname, port: portOf(url) });

const portOf = (url: URL) => (url.port ? Number(url.port) : HTTPS_PORT);
