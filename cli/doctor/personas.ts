/** How an assistant identifies itself to an authorization server. From the vendors' documentation, 2026. */
export interface Persona {
  readonly name: string;
  /** The URL of its metadata document. */
  readonly document: string;
  readonly redirect: string;
  readonly registration: Readonly<Record<string, unknown>>;
}

const registrationOf = (client_name: string, redirect: string) => ({
  client_name,
  redirect_uris: [redirect],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});

const CLAUDE = 'https://claude.ai/api/mcp/auth_callback';
const CHATGPT = 'https://chatgpt.com/connector_platform_oauth_redirect';
const LOOPBACK = 'http://127.0.0.1:33418/callback';

export const ASSISTANTS: readonly Persona[] = [
  {
    name: 'Claude',
    document: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    redirect: CLAUDE,
    registration: registrationOf('Claude', CLAUDE),
  },
  {
    name: 'ChatGPT',
    document: 'https://chatgpt.com/oauth/client.json',
    redirect: CHATGPT,
    registration: registrationOf('ChatGPT', CHATGPT),
  },
];

/** This command: like a local app such as Claude Code, it completes the sign-in. */
export const DOCTOR = {
  name: 'Parley doctor',
  redirect: LOOPBACK,
  registration: registrationOf('Parley doctor', LOOPBACK),
};
