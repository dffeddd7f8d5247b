import { isLoopbackHttp } from './redirect-uri.js';

/**
 * Addresses that belong to assistants people connect: a code sent there reaches that product and nobody else, so open
 * mode asks no question. Pinned whole, because a prefix of a large site can hold somebody else's redirector. The two
 * patterns have a part that the product chooses; it is one path segment. From the vendors' documentation, 2026.
 */
const PINNED = new Set([
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
  'https://chatgpt.com/connector_platform_oauth_redirect',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'https://www.cursor.com/agents/mcp/oauth/callback',
  'https://vscode.dev/redirect',
  'https://insiders.vscode.dev/redirect',
]);
const PATTERNS = [
  /^https:\/\/chatgpt\.com\/connector\/oauth\/[A-Za-z0-9_-]{1,128}$/,
  /^cursor:\/\/anysphere\.cursor-retrieval\/oauth\/[A-Za-z0-9_-]{1,128}\/callback$/,
];

/** Whether a code may be sent here without a person's click: this machine, or a known assistant. */
export const needsNoClick = (redirectUri: string) =>
  isLoopbackHttp(new URL(redirectUri)) ||
  PINNED.has(redirectUri) ||
  PATTERNS.some((pattern) => pattern.test(redirectUri));
