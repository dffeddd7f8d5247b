import { Wrong } from './examination.js';

/** 10/8, 172.16/12, 192.168/16, 169.254/16, 100.64/10 and their like in IPv6. */
const PRIVATE =
  /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^\[(f[cd]|fe[89ab])/;

/** Where the server is, as it was typed and as it is compared. */
export interface Address {
  readonly url: string;
  readonly origin: string;
  /** How `resource` has to be spelled. */
  readonly resource: string;
}

/** Reads the address that people paste into their assistant. */
export function readAddress(typed: string, note: (sentence: string) => void): Address {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Wrong('This is no http address.', 'Type it whole, such as https://parley.example/mcp.');
  }
  if (url.username || url.password || url.hash) {
    throw new Wrong('The address holds a name, a password or a fragment.', 'Leave it out: the sign-in does that.');
  }
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'http:' && !isHere) {
    throw new Wrong(
      'The address is not https, and claude.ai and ChatGPT take nothing else.',
      'Put a proxy with a certificate in front, and set PUBLIC_URL to the https address.',
    );
  }
  if (isHere || PRIVATE.test(url.hostname)) {
    note('Only programs near this machine reach it, such as Claude Code. claude.ai and ChatGPT need a public address.');
  }
  const { origin, pathname } = url;
  if (pathname.length > 1 && pathname.endsWith('/'))
    note('The slash at the end is part of the address to strict clients.');
  return { url: url.href, origin, resource: `${origin}${pathname.replace(/\/$/, '')}` };
}
