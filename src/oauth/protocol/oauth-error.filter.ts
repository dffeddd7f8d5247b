import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { OauthError } from './oauth-error.js';

/** Sends an error as the OAuth RFCs require: JSON, not cached, and a Basic challenge if the request used Basic. */
@Catch(OauthError)
export class OauthFailureFilter implements ExceptionFilter<OauthError> {
  catch(failure: OauthError, host: ArgumentsHost) {
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
