import { ExaminationError } from './examination.js';

/** Private IPv4 and IPv6 addresses: 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10 and similar ones. */
const PRIVATE =
  /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^\[(f[cd]|fe[89ab])/;

/** The server's URL, as typed and normalized. */
export interface Address {
  readonly url: string;
  readonly origin: string;
  /** The required spelling of `resource`. */
  readonly resource: string;
}

/** Reads the URL that users enter in their assistant. */
export function readAddress(typed: string, note: (sentence: string) => void): Address {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ExaminationError(
      'This is not an http address.',
      'Give the whole address, such as https://parley.example/mcp.',
    );
  }
  if (url.username || url.password || url.hash) {
    throw new ExaminationError(
      'The address contains a user name, a password or a fragment.',
      'Remove it. The sign-in is separate.',
    );
  }
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isLocal) {
    throw new ExaminationError(
      'The address is not https, but claude.ai and ChatGPT accept only https.',
      'Put a proxy with a certificate in front of the server, and set PUBLIC_URL to the https address.',
    );
  }
  if (isLocal || PRIVATE.test(url.hostname)) {
    note(
      'Only programs on this machine or network can reach it, such as Claude Code. claude.ai and ChatGPT need a public address.',
    );
  }
  const { origin, pathname } = url;
  if (pathname.length > 1 && pathname.endsWith('/'))
    note('Strict clients treat the slash at the end as part of the address.');
  return { url: url.href, origin, resource: `${origin}${pathname.replace(/\/$/, '')}` };
}
