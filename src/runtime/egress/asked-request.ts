import type { WebRequest } from '../../../bot-sdk/web.js';

/** Takes from what a sandbox sent exactly the fields of a request. Undefined where it is none: nothing in it is trusted. */
export function askedRequest(asked: unknown): WebRequest | undefined {
  if (typeof asked !== 'object' || asked === null) return undefined;
  const { kind, url, method, headers, body, timeout_ms, host, port } = asked as Record<string, unknown>;
  if (kind === 'tls') return isText(host) && isPort(port) ? { kind, host, port } : undefined;
  if (kind !== 'fetch' || !isText(url) || !isText(method) || !isHeaders(headers)) return undefined;
  if (body !== undefined && !isText(body, MOST_BASE64)) return undefined;
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

/** Long enough for a body over the limit to be told so. */
const MOST_BASE64 = 1_048_576;
const MOST_TEXT = 8_192;

const isText = (value: unknown, most = MOST_TEXT): value is string =>
  typeof value === 'string' && value.length <= most && !/\p{Surrogate}/u.test(value);

const isTime = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1;

export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

function isHeaders(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const pairs = Object.entries(value);
  return pairs.length <= MOST_HEADERS && pairs.every(([name, text]) => isText(name) && isText(text));
}

const MOST_HEADERS = 100;
