import { WebRefusalError } from '../../platform/egress/refusal.js';

const MAX_HEADERS = 50;
const MAX_HEADERS_LENGTH = 16_384;

/** The headers of every request. */
const OWN: Readonly<Record<string, string>> = { accept: '*/*', 'user-agent': 'Parley-bot/1' };

/** The headers to send for those of the bot. Headers about the connection are set by us. */
export function sendableHeaders(asked: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(asked).map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()]);
  if (pairs.length > MAX_HEADERS)
    throw new WebRefusalError('FETCH_LIMIT', `a request has at most ${MAX_HEADERS} headers`);
  if (pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > MAX_HEADERS_LENGTH) {
    throw new WebRefusalError('FETCH_LIMIT', `the headers of a request have at most ${MAX_HEADERS_LENGTH} characters`);
  }
  if (!pairs.every(([name, value]) => TOKEN.test(name) && VALUE.test(value))) {
    throw new WebRefusalError('FETCH_BLOCKED', 'a header is not one');
  }
  const sent = pairs.filter(([name]) => !OURS.has(name) && !name.startsWith('proxy-'));
  return { ...OWN, ...Object.fromEntries(sent) };
}

/** The headers that may be sent to another origin: no credentials, and none about the body. */
export function headersForOtherOrigin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => FOR_STRANGERS.has(name)));
}

/** The headers that remain when a redirect changes the request to a GET. */
export function bodilessHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]{1,100}$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const FOR_STRANGERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'pragma',
  'range',
  'user-agent',
]);

const OURS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
