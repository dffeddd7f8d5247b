import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, type Problem, retryAfterOf, toProblem } from '../kernel/errors.js';
import type { Log } from './logging.js';

/** The only place where a failure becomes an HTTP answer: application/problem+json with a code. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly challenge: (problem: Problem, request: Request) => string,
  ) {}

  catch(error: unknown, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = toProblem(ofHttp(error), request.id);
    // Any other 5xx is known, and its answer says all there is to say.
    if (problem.code === 'INTERNAL_ERROR') this.log.error({ request_id: request.id, err: error });
    if (response.headersSent) return response.end();
    if (problem.status === 401 || problem.code === 'INSUFFICIENT_SCOPE') {
      response.setHeader('WWW-Authenticate', this.challenge(problem, request));
    }
    const retryAfter = retryAfterOf(problem);
    if (retryAfter) response.setHeader('Retry-After', retryAfter);
    response.status(problem.status).type('application/problem+json').json(problem);
  }
}

/** What express and Nest refuse before an operation is reached: no such route, a body that is no JSON, a body too large. */
function ofHttp(error: unknown) {
  const status = error instanceof HttpException ? error.getStatus() : (error as { status?: number })?.status;
  if (error instanceof DomainError || status === undefined || status >= 500) return error;
  if (status === 404) return new DomainError('NOT_FOUND');
  if (status === 413) return new DomainError('BODY_TOO_LARGE', undefined, limitOf(error));
  if (status === 415) return new DomainError('INVALID_REQUEST', 'send the body as UTF-8 and not compressed');
  return new DomainError('INVALID_REQUEST', 'the body is not JSON that can be read');
}

/** How many bytes are allowed; it stands on the error, or on the one that Nest wrapped. */
function limitOf(error: unknown) {
  const { limit, cause } = error as { limit?: number; cause?: { limit?: number } };
  return { limit: limit ?? cause?.limit };
}
