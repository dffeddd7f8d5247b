import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, isFault, type Problem, retryAfterOf, toProblem } from '../../kernel/errors.js';
import type { Log } from '../observability/logging.js';

/** Converts every failure to an HTTP response: application/problem+json with a code. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    /** Says what another error was caused by, for example a database that cannot be reached. */
    private readonly causeOf: (error: unknown) => unknown,
    private readonly challenge: (problem: Problem, request: Request) => string,
  ) {}

  catch(error: unknown, host: ArgumentsHost) {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = toProblem(ofHttp(this.causeOf(error)), request.id);
    // Other 5xx errors are expected, and their response says everything.
    if (isFault(problem)) this.log.error({ request_id: request.id, err: error });
    if (response.headersSent) return response.end();
    if (problem.status === 401 || problem.code === 'INSUFFICIENT_SCOPE') {
      response.setHeader('WWW-Authenticate', this.challenge(problem, request));
    }
    const retryAfter = retryAfterOf(problem);
    if (retryAfter) response.setHeader('Retry-After', retryAfter);
    response.status(problem.status).type('application/problem+json').json(problem);
  }
}

/** Converts errors of express and Nest before an operation is reached: unknown route, invalid JSON, body too large. */
function ofHttp(error: unknown) {
  const status = error instanceof HttpException ? error.getStatus() : (error as { status?: number })?.status;
  if (error instanceof DomainError || status === undefined || status >= 500) return error;
  if (status === 404) return new DomainError('NOT_FOUND');
  if (status === 413) return new DomainError('BODY_TOO_LARGE', undefined, limitOf(error));
  if (status === 415) return new DomainError('UNSUPPORTED_MEDIA_TYPE');
  return new DomainError('INVALID_REQUEST', 'the body is not valid JSON');
}

/** The size limit in bytes, from the error or from the one that Nest wrapped. */
function limitOf(error: unknown) {
  const { limit, cause } = error as { limit?: number; cause?: { limit?: number } };
  return { limit: limit ?? cause?.limit };
}
