/** A metadata document; `{callback_id}` in it is a placeholder for one path segment that the client chooses. */
export type PinnedDocument = Readonly<Record<string, unknown>> & { readonly client_id: string };

const COMMON = {
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};

/**
 * Built-in metadata documents of well-known assistants, from their URLs and documentation of 2026. They are used if a
 * document cannot be fetched. The operator can put newer ones in a folder of the data directory.
 */
export const PINNED_DOCUMENTS: readonly PinnedDocument[] = [
  {
    ...COMMON,
    client_id: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    client_name: 'Claude',
    redirect_uris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
  },
  {
    ...COMMON,
    client_id: 'https://claude.ai/oauth/claude-code-client-metadata',
    client_name: 'Claude Code',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  },
  {
    ...COMMON,
    client_id: 'https://chatgpt.com/oauth/client.json',
    client_name: 'ChatGPT',
    redirect_uris: ['https://chatgpt.com/connector_platform_oauth_redirect'],
  },
  {
    ...COMMON,
    client_id: 'https://chatgpt.com/oauth/{callback_id}/client.json',
    client_name: 'ChatGPT',
    redirect_uris: ['https://chatgpt.com/connector/oauth/{callback_id}'],
  },
];

/** The document for a URL, with `{callback_id}` filled in. */
export function documentFor(address: string, documents: readonly PinnedDocument[]): PinnedDocument | undefined {
  for (const document of documents) {
    const [before = '', after, ...more] = document.client_id.split(CHOSEN);
    if (after === undefined && before === address) return document;
    if (after === undefined || more.length || !address.startsWith(before) || !address.endsWith(after)) continue;
    const chosen = address.slice(before.length, address.length - after.length);
    if (SEGMENT.test(chosen)) return JSON.parse(JSON.stringify(document).replaceAll(CHOSEN, chosen));
  }
  return undefined;
}

const CHOSEN = '{callback_id}';
const SEGMENT = /^[A-Za-z0-9_-]{1,128}$/;
