// The users of the server that scripts/make-installation.mjs creates. They use plain HTTP, like their clients.
import { createHash, randomBytes } from 'node:crypto';

const REDIRECT = 'http://127.0.0.1:53682/callback';
const JSON_TYPE = { 'content-type': 'application/json' };

/** Creates a guest: registers a client, authorizes with PKCE and redeems the code. */
export async function signIn(url, client_name) {
  const metadata = { client_name, redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' };
  const { client_id } = await answered(
    fetch(`${url}/register`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(metadata) }),
  );
  const code_verifier = randomBytes(32).toString('base64url');
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT,
    state: 'x',
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const { headers } = await fetch(`${url}/oauth/authorize?${asked}`, { redirect: 'manual' });
  const code = new URL(headers.get('location')).searchParams.get('code');
  const grant = { grant_type: 'authorization_code', code, code_verifier, redirect_uri: REDIRECT, client_id };
  const { access_token, refresh_token } = await answered(
    fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams(grant) }),
  );
  return { tokens: { client_id, access_token, refresh_token }, call: caller(url, access_token) };
}

/** Opens an MCP session (2025-11-25) that watches a resource, and returns its id. */
export async function standingSession(url, { access_token }, uri) {
  const headers = {
    ...JSON_TYPE,
    accept: 'application/json, text/event-stream',
    authorization: `Bearer ${access_token}`,
  };
  const ask = (method, params, more = {}) =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
  const clientInfo = { name: 'installation', version: '1' };
  const opened = await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  const id = opened.headers.get('mcp-session-id');
  const subscribed = await ask('resources/subscribe', { uri }, { 'mcp-session-id': id });
  if (!id || !subscribed.ok) throw new Error('there is no session that watches');
  return { id, uri };
}

function caller(url, access_token) {
  const authorization = `Bearer ${access_token}`;
  return async (operation, input) => {
    if (operation !== 'get_messages') {
      const body = JSON.stringify(input);
      return answered(fetch(`${url}/${operation}`, { method: 'POST', headers: { ...JSON_TYPE, authorization }, body }));
    }
    return answered(fetch(`${url}/${operation}?${new URLSearchParams(input)}`, { headers: { authorization } }));
  };
}

async function answered(asked) {
  const response = await asked;
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${text}`);
  return JSON.parse(text);
}
