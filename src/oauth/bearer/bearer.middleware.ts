import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { admitUnknown } from '../../kernel/admission.js';
import { Config } from '../../platform/config/config.js';
import { pathOf } from '../../platform/http/routed-path.js';
import { unitsOfBytes } from '../../platform/limits/caps.js';
import { isForOauth } from '../protocol/oauth-paths.js';
import { Callers } from './callers.service.js';
import { badToken, challengeFor } from './challenge.js';

/**
 * Authenticates a request. Without a token it passes, and the operation decides. With an invalid token it ends with a
 * 401 before its body is read, on every route, because clients refresh their tokens only after a 401.
 */
@Injectable()
export class Bearer implements NestMiddleware {
  constructor(
    private readonly config: Config,
    private readonly callers: Callers,
  ) {}

  async use(request: Request, response: Response, next: NextFunction) {
    const token = isForOauth(request) ? undefined : readBearer(request.headersDistinct.authorization);
    if (token === undefined) return next();
    const admitted = token === null ? undefined : await this.callers.admit(token);
    if (admitted) {
      request.caller = admitted.caller;
      response.on('close', admitted.leave);
      // The client disconnected while the token was looked up.
      if (response.closed) admitted.leave();
      return next();
    }
    await admitUnknown(1 + unitsOfBytes(Number(request.headers['content-length']) || 0));
    const challenge = challengeFor(this.config, 'INVALID_TOKEN', pathOf(request), request.headers.host);
    response
      .status(401)
      .set({ 'WWW-Authenticate': challenge, 'Cache-Control': 'no-store' })
      .type('application/problem+json')
      .json(badToken(request.id));
  }
}

/** The token of the Authorization header; undefined if there is none, null if it is malformed or repeated. */
function readBearer(headers: readonly string[] = []): string | null | undefined {
  if (!headers.some((header) => /^bearer\b/i.test(header))) return undefined;
  const [header = '', ...more] = headers;
  return more.length ? null : (/^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1] ?? null);
}
