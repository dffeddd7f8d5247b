import type { Response } from 'express';

/** Browsers keep a `__Host-` cookie to this very host and to https; on http they would not take one. */
const nameAt = (publicUrl: string) => (publicUrl.startsWith('https:') ? '__Host-parley' : 'parley');

/** The secret in the cookie; undefined where there is none, or several, of which one may be somebody else's. */
export function readCookie(header: string | undefined, publicUrl: string): string | undefined {
  const start = `${nameAt(publicUrl)}=`;
  const found = (header ?? '').split(';').flatMap((pair) => {
    const trimmed = pair.trim();
    return trimmed.startsWith(start) ? trimmed.slice(start.length) : [];
  });
  const [secret] = found;
  return found.length === 1 && secret && /^pws_[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined;
}

/** No script reads it, and other sites' forms do not send it along. */
export function setCookie(response: Response, secret: string, publicUrl: string, maxAgeMs: number) {
  response.cookie(nameAt(publicUrl), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: publicUrl.startsWith('https:'),
    maxAge: maxAgeMs,
  });
}
