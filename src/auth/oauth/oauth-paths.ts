/** The token endpoint, as the metadata names it and as some expect it. */
export const TOKEN_PATHS = ['token', 'oauth/token'];

/** Endpoints that programs in a browser may call from any origin. */
export const CROSS_ORIGIN_PATHS = ['register', 'oauth/register', ...TOKEN_PATHS, 'revoke', 'oauth/revoke'];

const OAUTH = new Set([...CROSS_ORIGIN_PATHS, 'authorize', 'oauth/authorize'].map((path) => `/${path}`));

/** Whether the path is the authorization server's: Authorization means the client there, never a caller. */
export const isOauthPath = (path: string) => OAUTH.has(path.replace(/\/$/, '')) || path.startsWith('/.well-known/');
