import type { WebRequest } from '../../../bot-sdk/web.js';

/** Reads a web request from a sandbox, which is untrusted. Undefined if it is invalid. */
export function askedRequest(asked: unknown): WebRequest | undefined {
  if (typeof asked !== 'object' || asked === null) return undefined;
  const { kind, url, method, headers, body, timeout_ms, host, port } = asked as Record<string, unknown>;
  if (kind === 'tls') return isText(host) && isPort(port) ? { kind, host, port } : undefined;
  if (kind !== 'fetch' || !isText(url) || !isText(method) || !isHeaders(headers)) return undefined;
  if (body !== undefined && !isText(body, MAX_BASE64)) return undefined;
  if (timeout_ms !== undefined && !isTime(timeout_ms)) return undefined;
  return {
    kind,
    url,
    method,
    headers,
    ...(body !== undefined && { body }),
    ...(timeout_ms !== undefined && { timeout_ms }),
  };
}

/** Larger than the body limit, so that a body over the limit still gets its own error message. */
const MAX_BASE64 = 1_048_576;
const MAX_TEXT = 8_192;

const isText = (value: unknown, maxLength = MAX_TEXT): value is string =>
  typeof value === 'string' && value.length <= maxLength && value.isWellFormed();

const isTime = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1;

export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const pairs = Object.entries(value);
  return pairs.length <= MAX_HEADERS && pairs.every(([name, text]) => isText(name) && isText(text));
}

const MAX_HEADERS = 100;
