/** The token endpoint, as the metadata names it and as some expect it. */
export const TOKEN_PATHS = ['token', 'oauth/token'];

const REGISTRATION = ['register', 'oauth/register'];

/** Endpoints that programs in a browser may call from any origin. */
export const CROSS_ORIGIN_PATHS = [...REGISTRATION, ...TOKEN_PATHS, 'revoke', 'oauth/revoke'];

/** Where a browser asks for a code. */
export const AUTHORIZE_PATHS = ['oauth/authorize', 'authorize'];

const OAUTH = new Set([...CROSS_ORIGIN_PATHS, ...AUTHORIZE_PATHS].map((path) => `/${path}`));

/** Whether the path is the authorization server's: Authorization means the client there, never a caller. */
export const isOauthPath = (path: string) => OAUTH.has(path.replace(/\/$/, '')) || path.startsWith('/.well-known/');

const MAKES_GUESTS = new Set([...REGISTRATION, ...TOKEN_PATHS].map((path) => `/${path}`));

/** Whether programs register or get tokens there: where nobody is asked who they are, that makes clients and guests. */
export const makesGuests = (path: string) => MAKES_GUESTS.has(path.replace(/\/$/, ''));
