/** The library of passkeys, read when the first one is asked for: it is large, and in open mode nobody asks. */
export const webauthn = () => import('@simplewebauthn/server');
