import { WebRefusal } from '../../platform/egress/refusal.js';

const MOST_HEADERS = 50;
const LONGEST_HEADERS = 16_384;

/** What every request says of us. */
const OWN: Readonly<Record<string, string>> = { accept: '*/*', 'user-agent': 'Parley-bot/1' };

/** The headers to send for those that a bot gave: what belongs to the connection is ours, whatever was asked for. */
export function sendableHeaders(asked: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(asked).map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()]);
  if (pairs.length > MOST_HEADERS) throw new WebRefusal('FETCH_LIMIT', `a request has at most ${MOST_HEADERS} headers`);
  if (pairs.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > LONGEST_HEADERS) {
    throw new WebRefusal('FETCH_LIMIT', `the headers of a request have at most ${LONGEST_HEADERS} characters`);
  }
  if (!pairs.every(([name, value]) => TOKEN.test(name) && VALUE.test(value))) {
    throw new WebRefusal('FETCH_BLOCKED', 'a header is not one');
  }
  const sent = pairs.filter(([name]) => !OURS.has(name) && !name.startsWith('proxy-'));
  return { ...OWN, ...Object.fromEntries(sent) };
}

/** What may go along to another origin: what no service takes for a proof of who is asking, and nothing about a body. */
export function headersForStrangers(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => FOR_STRANGERS.has(name)));
}

/** What remains when a redirect turns a request into a GET. */
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
