import { parse } from 'node:querystring';
import { Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response, raw } from 'express';
import { admitCall } from '../kernel/admission.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { isForOauth } from '../oauth/protocol/oauth-paths.js';
import { isForMcp } from '../platform/http/mcp-path.js';
import { CAPS, unitsOfBytes } from '../platform/limits/caps.js';
import { EventLoopTurns } from '../platform/limits/event-loop-turns.js';
import { requestShapeFault } from './json-shape.js';

/** Compressed bodies are refused, because their size is known only after decompression. */
const PLAIN = { inflate: false } as const;
const JSON_TYPE = 'application/json';

/** A larger body waits for its turn; a smaller one is parsed within a millisecond. */
const LARGE_BYTES = 32_768;

/** Reads a body with a size limit. */
interface Reader {
  readonly limit: number;
  readonly read: RequestHandler;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

const bytesOf = (type: string, limit: number): Reader => ({ limit, read: raw({ ...PLAIN, type, limit }) });
const JSON_OF_CALLER = bytesOf(JSON_TYPE, CAPS.body_bytes.most);
const JSON_OF_NOBODY = bytesOf(JSON_TYPE, CAPS.anonymous_body_bytes.most);
const MESSAGE_OF_NOBODY = bytesOf(JSON_TYPE, CAPS.unknown_message_bytes.most);
const FORM = bytesOf(FORM_TYPE, CAPS.anonymous_body_bytes.most);

/**
 * Reads the body of a request after authentication. Without a token, only OAuth endpoints and pages read a small body,
 * and the MCP door a message of a few kilobytes; other routes refuse the request without reading it.
 */
@Injectable()
export class Bodies implements NestMiddleware {
  constructor(private readonly turns: EventLoopTurns) {}

  use(request: Request, response: Response, next: NextFunction) {
    if (request.method !== 'POST') return next();
    this.read(request, response).then(() => next(), next);
  }

  private async read(request: Request, response: Response) {
    const { caller } = request;
    if (request.is(FORM_TYPE)) {
      await through(FORM, request, response);
      request.body = fieldsOf(request.body);
      return;
    }
    if (!request.is(JSON_TYPE)) return;
    if (!caller && isForMcp(request)) return readUnknownMessage(request, response);
    if (!(caller || isForOauth(request))) return;
    if (!caller) {
      await through(JSON_OF_NOBODY, request, response);
      request.body = parsed(request.body);
      return;
    }
    const declared = declaredBytes(request);
    if (declared) await pay(caller, declared);
    await through(JSON_OF_CALLER, request, response);
    const bytes: unknown = request.body;
    if (!Buffer.isBuffer(bytes)) return;
    if (!declared) await pay(caller, bytes.length);
    if (bytes.length > LARGE_BYTES) await this.turns.take(caller.accountId);
    request.body = parsed(bytes);
  }
}

/** Ignores an invalid body: the door answers 401 in any case, because nobody is signed in. */
async function readUnknownMessage(request: Request, response: Response) {
  const bytes = declaredBytes(request);
  if (!(bytes > 0 && bytes <= MESSAGE_OF_NOBODY.limit)) return;
  try {
    await through(MESSAGE_OF_NOBODY, request, response);
    request.body = parsed(request.body);
  } catch {
    request.body = undefined;
  }
}

/** A large body costs rate units in addition to the call. */
async function pay(caller: Caller, bytes: number) {
  const cost = unitsOfBytes(bytes);
  if (cost) (await admitCall({ caller, cost }))();
}

/** Checks the announced size first, because express would read a body that is too large to its end. */
async function through({ limit, read }: Reader, request: Request, response: Response): Promise<void> {
  assertPlain(request);
  if (declaredBytes(request) > limit) throw Object.assign(new Error('The body is too large.'), { status: 413, limit });
  return new Promise((resolve, reject) => read(request, response, (error) => (error ? reject(error) : resolve())));
}

/** The announced length; 0 if there is none (chunked body). */
const declaredBytes = ({ headers }: Request) => Number(headers['content-length'] ?? 0);

/** Refuses compressed bodies and encodings other than UTF-8, because the shape check reads raw bytes. */
function assertPlain({ headers }: Request) {
  const coding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  const charsets = (headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^\s";]*)/gi);
  if (coding === 'identity' && [...charsets].every(([, charset = '']) => /^utf-?8$/i.test(charset))) return;
  throw Object.assign(new Error('The body is not plain UTF-8.'), { status: 415 });
}

function parsed(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes)) return undefined;
  if (!bytes.length) return {};
  const fault = requestShapeFault(bytes);
  if (fault) throw new DomainError('INVALID_REQUEST', fault);
  const text = textOf(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw Object.assign(new Error('The body is not JSON.', { cause: error }), { status: 400 });
  }
}

/** The fields of a form; a repeated field becomes a list. */
function fieldsOf(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes)) return {};
  const text = textOf(bytes);
  if (text.split('&').length > MAX_FORM_FIELDS) {
    throw Object.assign(new Error('The form has too many fields.'), { status: 413, limit: FORM.limit });
  }
  try {
    // Throws for invalid UTF-8, which would otherwise be replaced silently.
    decodeURIComponent(text);
  } catch {
    throw new DomainError('INVALID_REQUEST', NO_UTF8);
  }
  return parse(text);
}
const MAX_FORM_FIELDS = 100;

/** Decodes UTF-8. Throws if it is invalid, so that no text is changed silently. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DomainError('INVALID_REQUEST', NO_UTF8);
  }
}
const NO_UTF8 = 'the body is not valid UTF-8';
