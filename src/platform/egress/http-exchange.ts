import { type IncomingMessage, request } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { untilAborted } from './abort-deadline.js';
import { WebRefusalError } from './refusal.js';
import { decodedBody } from './response-body.js';

export interface OutgoingRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Limits for a response. */
export interface ReplyLimits {
  readonly headerBytes: number;
  /** The maximum size of a body, before and after decompression. */
  readonly responseBytes: number;
}

export interface Reply {
  readonly status: number;
  /** Header names in lower case, repeated headers included. Headers about the connection or compression are removed. */
  readonly headers: [name: string, value: string][];
  /** The target of a redirect, if the response is one; it then has no body. */
  readonly location: string | undefined;
  readonly body: Buffer;
}

/** Sends one request over a connection of its own and reads the response. */
export async function exchange(
  secure: TLSSocket,
  call: OutgoingRequest,
  limits: ReplyLimits,
  signal: AbortSignal,
): Promise<Reply> {
  const work = answerOf(secure, call, limits).then((message) => replyOf(message, call, limits));
  return untilAborted(signal, work, () => secure.destroy());
}

function answerOf(secure: TLSSocket, { url, method, headers, body }: OutgoingRequest, { headerBytes }: ReplyLimits) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({
      createConnection: () => secure,
      method,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, 'accept-encoding': 'gzip, deflate, br', ...lengthOf(method, body) },
      maxHeaderSize: headerBytes,
    });
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    outgoing.once('close', () =>
      reject(new WebRefusalError('UNREACHABLE', `${url.hostname} hung up without an answer`)),
    );
    outgoing.end(body);
  });
}

function lengthOf(method: string, body: Buffer | undefined): Record<string, string> {
  if (!body && ['GET', 'HEAD'].includes(method)) return {};
  return { 'content-length': String(body?.length ?? 0) };
}

async function replyOf(
  message: IncomingMessage,
  { url, method }: OutgoingRequest,
  limits: ReplyLimits,
): Promise<Reply> {
  const status = message.statusCode ?? 0;
  const location = REDIRECTS.has(status) ? message.headers.location : undefined;
  const sent =
    location === undefined && method !== 'HEAD' ? await readAll(message, url.hostname, limits) : Buffer.alloc(0);
  const encodings = message.headers['content-encoding'];
  const body = await decodedBody(sent, encodings, limits.responseBytes, url.hostname);
  return { status, location, body, headers: headersOf(message.rawHeaders) };
}

async function readAll(message: IncomingMessage, host: string, { responseBytes }: ReplyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += chunk.length;
    if (size > responseBytes) {
      throw new WebRefusalError('FETCH_LIMIT', `${host} answered with more than ${responseBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(raw: readonly string[]): [string, string][] {
  const pairs = raw.flatMap((name, i): [string, string][] => (i % 2 ? [] : [[name.toLowerCase(), raw[i + 1] ?? '']]));
  return pairs.filter(([name]) => !HOP_BY_HOP.has(name));
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
