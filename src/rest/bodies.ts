import { Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Request, type RequestHandler, type Response, raw, urlencoded } from 'express';
import { isForOauth } from '../auth/oauth/oauth-paths.js';
import { enter } from '../kernel/admission.js';
import type { Caller } from '../kernel/caller.js';
import { DomainError } from '../kernel/errors.js';
import { CAPS, unitsOfBytes } from '../platform/limits/caps.js';
import { Turns } from '../platform/limits/turns.js';
import { shapeFaultOf } from './json-shape.js';

/** Nothing compressed is read: how large it is would be known only when it is there. */
const PLAIN = { inflate: false } as const;
const JSON_TYPE = 'application/json';

/** Beyond this a body waits for its turn. A smaller one is parsed in a millisecond. */
const LARGE_BYTES = 32_768;

/** Reads a body of at most so many bytes. */
interface Reader {
  readonly limit: number;
  readonly read: RequestHandler;
}

const jsonOf = (limit: number): Reader => ({ limit, read: raw({ ...PLAIN, type: JSON_TYPE, limit }) });
const JSON_OF_CALLER = jsonOf(CAPS.body_bytes.most);
const JSON_OF_NOBODY = jsonOf(CAPS.anonymous_body_bytes.most);
const FORM: Reader = {
  limit: CAPS.anonymous_body_bytes.most,
  read: urlencoded({ ...PLAIN, limit: CAPS.anonymous_body_bytes.most, extended: false, parameterLimit: 100 }),
};

/**
 * Reads the body of a request, once it is known who sent it. Without a token only the endpoints of OAuth and the pages read
 * one, and a small one; everything else refuses such a request whatever is in it, so its body is not looked at.
 */
@Injectable()
export class Bodies implements NestMiddleware {
  constructor(private readonly turns: Turns) {}

  use(request: Request, response: Response, next: NextFunction) {
    if (request.method !== 'POST') return next();
    this.read(request, response).then(() => next(), next);
  }

  private async read(request: Request, response: Response) {
    const { caller } = request;
    if (request.is('urlencoded')) return through(FORM, request, response);
    if (!request.is(JSON_TYPE) || !(caller || isForOauth(request))) return;
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

/** A large body costs its sender more than the call that is in it. */
async function pay(caller: Caller, bytes: number) {
  const cost = unitsOfBytes(bytes);
  if (cost) (await enter({ caller, cost }))();
}

/** Express would read a body that is too large to its end before it says so. */
async function through({ limit, read }: Reader, request: Request, response: Response): Promise<void> {
  assertPlain(request);
  if (declaredBytes(request) > limit) throw Object.assign(new Error('The body is too large.'), { status: 413, limit });
  return new Promise((resolve, reject) => read(request, response, (error) => (error ? reject(error) : resolve())));
}

/** 0 where the length is not announced, because the body comes in pieces. */
const declaredBytes = ({ headers }: Request) => Number(headers['content-length'] ?? 0);

/** Not compressed; and its shape is looked at in bytes, which is right for this encoding alone. */
function assertPlain({ headers }: Request) {
  const coding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (coding === 'identity' && /^utf-?8$/i.test(charset)) return;
  throw Object.assign(new Error('The body is not plain UTF-8.'), { status: 415 });
}

function parsed(bytes: unknown): unknown {
  if (!Buffer.isBuffer(bytes)) return undefined;
  if (!bytes.length) return {};
  const fault = shapeFaultOf(bytes);
  if (fault) throw new DomainError('INVALID_REQUEST', fault);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw Object.assign(new Error('The body is not JSON.', { cause: error }), { status: 400 });
  }
}
