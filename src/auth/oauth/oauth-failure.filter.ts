import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { OauthFailure } from './oauth-failure.js';

/** Answers a refusal as the OAuth RFCs want it: their JSON, never cached, and a Basic challenge to who tried Basic. */
@Catch(OauthFailure)
export class OauthFailureFilter implements ExceptionFilter<OauthFailure> {
  catch(failure: OauthFailure, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const triedBasic = /^basic\b/i.test(http.getRequest<Request>().headers.authorization ?? '');
    const response = http.getResponse<Response>();
    if (failure.error === 'invalid_client' && triedBasic) {
      response.setHeader('WWW-Authenticate', 'Basic realm="parley"');
    }
    if (failure.retryAfterS !== undefined) response.setHeader('Retry-After', failure.retryAfterS);
    response.status(failure.status).setHeader('Cache-Control', 'no-store').json(failure.body);
  }
}
