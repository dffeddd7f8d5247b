/** How one client of other people's behaves, as it was seen or as its vendor says. What it is not known for is left out. */
export interface Profile {
  readonly name: string;
  readonly userAgent: string;
  /** What it offers to read. */
  readonly accept: string;
  /** How it opens: `server/discover` of the revision without a handshake, or `initialize` with a version. */
  readonly opens: 'discover' | '2024-11-05' | '2025-06-18' | '2025-11-25';
  /** Opens anew for each call and never says the session id again. */
  readonly forgetsSessions?: true;
  /** Keeps a stream open beside its calls. */
  readonly listens?: true;
  /** Where it looks for the metadata of the authorization server, in this order. */
  readonly looksAt: readonly string[];
  /** The address of its metadata document, where it names itself by one. */
  readonly document?: string;
  /** What it registers with otherwise. */
  readonly registers?: object;
  /** Registers anew each time it connects, whatever it has. */
  readonly registersEachTime?: true;
  /** Where it lets the answer be sent. */
  readonly redirect: string;
  /** Asks for no scope at all. */
  readonly namesNoScope?: true;
  /** Adds `offline_access` where the server lists it. */
  readonly wantsOffline?: true;
  /** Breaks off unless the answer names the issuer, to the letter. */
  readonly checksIssuer?: true;
  /** How its secret goes along; left out: it has none. */
  readonly secretIn?: 'header' | 'body';
  /** Signs out before it signs in again. */
  readonly signsOut?: true;
}

const BOTH = 'application/json, text/event-stream';
const INSERTED = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const GRANTS = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
const PUBLIC = { ...GRANTS, token_endpoint_auth_method: 'none' };
const CLAUDE_AI = 'https://claude.ai/api/mcp/auth_callback';

const hosted = {
  userAgent: 'Claude-User',
  accept: BOTH,
  forgetsSessions: true,
  looksAt: [INSERTED],
  redirect: CLAUDE_AI,
  wantsOffline: true,
} as const;
const code = {
  userAgent: 'claude-code/2.1.257 (cli)',
  accept: BOTH,
  opens: '2025-11-25',
  listens: true,
  looksAt: [INSERTED],
  wantsOffline: true,
} as const;
const chatgpt = {
  userAgent: 'openai-mcp/1.0.0',
  accept: BOTH,
  opens: 'discover',
  looksAt: [INSERTED, OPENID],
  wantsOffline: true,
} as const;

/** The clients that must be able to connect, each in every way in which it comes. */
export const PROFILES: readonly Profile[] = [
  {
    ...hosted,
    name: 'Claude on the web, by its document',
    opens: 'discover',
    document: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
  },
  {
    ...hosted,
    name: 'Claude Desktop, registering at each connection',
    opens: '2025-11-25',
    registers: { ...PUBLIC, client_name: 'Claude', redirect_uris: [CLAUDE_AI] },
    registersEachTime: true,
  },
  {
    ...hosted,
    name: 'Claude at its other address',
    opens: '2025-11-25',
    document: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
    redirect: 'https://claude.com/api/mcp/auth_callback',
  },
  {
    ...code,
    name: 'Claude Code, by its document and on some port',
    document: 'https://claude.ai/oauth/claude-code-client-metadata',
    redirect: 'http://localhost:49731/callback',
  },
  {
    ...code,
    name: 'Claude Code, registering',
    registers: { ...PUBLIC, client_name: 'Claude Code (parley)', redirect_uris: ['http://localhost:61021/callback'] },
    redirect: 'http://localhost:61021/callback',
  },
  {
    ...chatgpt,
    name: 'ChatGPT, where the server names itself in its answers',
    document: 'https://chatgpt.com/oauth/client.json',
    redirect: 'https://chatgpt.com/connector_platform_oauth_redirect',
    checksIssuer: true,
  },
  {
    ...chatgpt,
    name: 'ChatGPT with an address for each connector',
    document: 'https://chatgpt.com/oauth/cb_Zk3x-9/client.json',
    redirect: 'https://chatgpt.com/connector/oauth/cb_Zk3x-9',
  },
  {
    ...chatgpt,
    name: 'ChatGPT, registering',
    opens: '2025-11-25',
    forgetsSessions: true,
    registers: { ...PUBLIC, client_name: 'ChatGPT', redirect_uris: ['https://chatgpt.com/connector/oauth/cb_Zk3x-9'] },
    redirect: 'https://chatgpt.com/connector/oauth/cb_Zk3x-9',
  },
  {
    name: 'Cursor',
    userAgent: 'Cursor/3.2',
    accept: BOTH,
    opens: '2025-06-18',
    looksAt: [INSERTED, OPENID],
    registers: {
      ...PUBLIC,
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
    },
    redirect: 'cursor://anysphere.cursor-mcp/oauth/callback',
  },
  {
    name: 'VS Code on another port than it registered',
    userAgent: 'Visual Studio Code/1.120',
    accept: BOTH,
    opens: '2025-11-25',
    listens: true,
    looksAt: [`${INSERTED}/mcp`, `${OPENID}/mcp`, INSERTED],
    registers: {
      ...PUBLIC,
      client_name: 'Visual Studio Code',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      application_type: 'native',
    },
    redirect: 'http://127.0.0.1:59656/',
  },
  {
    name: 'Copilot Studio',
    userAgent: 'azure-apim',
    accept: 'application/json',
    opens: '2024-11-05',
    looksAt: [INSERTED],
    registers: {
      ...GRANTS,
      client_name: 'Copilot Studio',
      redirect_uris: ['https://global.consent.azure-apim.net/redirect/cr938-5fparley-5f43bc'],
    },
    redirect: 'https://global.consent.azure-apim.net/redirect/cr938-5fparley-5f43bc',
    namesNoScope: true,
    secretIn: 'header',
  },
  {
    name: 'Slack',
    userAgent: 'Slack-MCP',
    accept: BOTH,
    opens: '2025-06-18',
    looksAt: [INSERTED],
    registers: {
      ...GRANTS,
      client_name: 'Slack',
      redirect_uris: ['https://oauth2.slack.com/external/auth/callback'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    redirect: 'https://oauth2.slack.com/external/auth/callback',
    secretIn: 'body',
  },
  {
    name: 'The inspector, signing in again',
    userAgent: 'node',
    accept: BOTH,
    opens: '2025-11-25',
    looksAt: [INSERTED],
    registers: { ...PUBLIC, client_name: 'MCP Inspector', redirect_uris: ['http://localhost:6274/oauth/callback'] },
    redirect: 'http://localhost:6274/oauth/callback',
    checksIssuer: true,
    signsOut: true,
  },
];
