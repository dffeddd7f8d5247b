import { isLoopbackHttp } from '../../platform/config/config.js';

/**
 * Redirect URIs of well-known assistants: a code sent there reaches only that product, so open mode does not ask the
 * user. They are compared in full, because another path of a large site may be an open redirector. Two of them contain
 * one path segment that the product chooses. From the vendors' documentation, 2026.
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

/** Whether a code may be sent to this URI without asking: this machine or a known assistant. */
export const needsNoClick = (redirectUri: string) =>
  isLoopbackHttp(new URL(redirectUri)) ||
  PINNED.has(redirectUri) ||
  PATTERNS.some((pattern) => pattern.test(redirectUri));
