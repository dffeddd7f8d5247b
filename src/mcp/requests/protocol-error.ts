import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { DomainError, toProblem } from '../../kernel/errors.js';

/** Converts an error to a protocol error, for methods whose result cannot contain a problem. */
export function toProtocolError(error: unknown, requestId: string): ProtocolError | undefined {
  if (error instanceof ProtocolError) return error;
  if (!(error instanceof DomainError)) return undefined;
  const problem = toProblem(error, requestId);
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `${[`${problem.code}: ${problem.title}`, problem.detail].filter(Boolean).join('. ')}.`,
    problem,
  );
}
