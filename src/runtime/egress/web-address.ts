import { type HostRules, HTTPS_PORT, hostName, type Target } from '../../platform/egress/host-rules.js';
import { WebRefusal } from '../../platform/egress/refusal.js';
import { hasPlainAuthority } from '../../platform/egress/url-spelling.js';

const LONGEST_URL = 4_096;

/** Reads the URL of a page. Throws a refusal unless it is https, without credentials, on a host that was declared. */
export function webAddress(text: string, rules: HostRules): URL {
  if (text.length > LONGEST_URL) throw new WebRefusal('FETCH_BLOCKED', `a URL has at most ${LONGEST_URL} characters`);
  if (!URL.canParse(text)) throw new WebRefusal('FETCH_BLOCKED', 'this is no URL');
  const url = new URL(text);
  if (url.protocol !== 'https:') throw new WebRefusal('FETCH_BLOCKED', 'only https: URLs can be fetched');
  if (url.username || url.password) throw new WebRefusal('FETCH_BLOCKED', 'a URL must not hold a name or a password');
  declaredTarget(url.hostname, portOf(url), rules);
  if (!hasPlainAuthority(text)) throw new WebRefusal('FETCH_BLOCKED', 'this is no URL');
  url.hash = '';
  return url;
}

/** Throws a refusal unless this is the name of a host and the host was declared. */
export function declaredTarget(text: string, port: number, rules: HostRules): Target {
  const host = hostName(text);
  if (!host) throw new WebRefusal('FETCH_BLOCKED', 'a host is reached by its name, never by an address');
  if (rules.allow({ host, port })) return { host, port };
  throw new WebRefusal('FETCH_BLOCKED', `${port === HTTPS_PORT ? host : `${host}:${port}`} was not declared`);
}

export const targetOf = (url: URL): Target => ({ host: url.hostname, port: portOf(url) });

const portOf = (url: URL) => (url.port ? Number(url.port) : HTTPS_PORT);
