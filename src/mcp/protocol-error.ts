import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { DomainError, toProblem } from '../kernel/errors.js';

/** A failure that a caller can be told about, where the protocol has no place for a problem but an error. */
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
