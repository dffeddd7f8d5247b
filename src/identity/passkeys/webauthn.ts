/** Loads the WebAuthn library on first use: it is large, and open mode does not need it. */
export const webauthn = () => import('@simplewebauthn/server');
