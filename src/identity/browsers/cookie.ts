import type { Response } from 'express';

/** A `__Host-` cookie is bound to this host and to https; browsers reject it over http. */
const nameAt = (publicUrl: string) => (publicUrl.startsWith('https:') ? '__Host-parley' : 'parley');

/** The secret in the cookie. Undefined if there is none, or more than one, because one of them may be injected. */
export function readCookie(header: string | undefined, publicUrl: string): string | undefined {
  const start = `${nameAt(publicUrl)}=`;
  const found = (header ?? '').split(';').flatMap((pair) => {
    const trimmed = pair.trim();
    return trimmed.startsWith(start) ? trimmed.slice(start.length) : [];
  });
  const [secret] = found;
  return found.length === 1 && secret && /^pws_[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined;
}

/** Sets the cookie so that scripts cannot read it and forms of other sites do not send it. */
export function setCookie(response: Response, secret: string, publicUrl: string, maxAgeMs: number) {
  response.cookie(nameAt(publicUrl), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: maxAgeMs,
  });
}
