import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { enterUnknown } from '../kernel/admission.js';
import { Config } from '../platform/config.js';
import { unitsOfBytes } from '../platform/limits/caps.js';
import { pathOf } from '../platform/routed-path.js';
import { badToken, challengeFor } from './challenge.js';
import { isForOauth } from './oauth/oauth-paths.js';
import { SessionsService } from './sessions.service.js';

/**
 * Finds out who is calling. No token: nobody, and the operation decides. A good one: the caller. One that is not good
 * ends here with a 401, whatever is asked for and before its body is read, because clients refresh on a 401 and on nothing else.
 */
@Injectable()
export class Bearer implements NestMiddleware {
  constructor(
    private readonly config: Config,
    private readonly sessions: SessionsService,
  ) {}

  async use(request: Request, response: Response, next: NextFunction) {
    const token = isForOauth(request) ? undefined : readBearer(request.headersDistinct.authorization);
    if (token === undefined) return next();
    const admitted = token === null ? undefined : await this.sessions.admit(token);
    if (admitted) {
      request.caller = admitted.caller;
      response.on('close', admitted.leave);
      // Gone while the token was looked up.
      if (response.closed) admitted.leave();
      return next();
    }
    await enterUnknown(1 + unitsOfBytes(Number(request.headers['content-length']) || 0));
    const challenge = challengeFor(this.config, 'INVALID_TOKEN', pathOf(request), request.headers.host);
    response
      .status(401)
      .set({ 'WWW-Authenticate': challenge, 'Cache-Control': 'no-store' })
      .type('application/problem+json')
      .json(badToken(request.id));
  }
}

/** The token of the one Authorization header; undefined where there is none, null where it cannot be one. */
function readBearer(headers: readonly string[] = []): string | null | undefined {
  if (!headers.some((header) => /^bearer\b/i.test(header))) return undefined;
  const [header = '', ...more] = headers;
  return more.length ? null : (/^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1] ?? null);
}
