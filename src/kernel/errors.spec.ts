import { expect, test } from '@jest/globals';
import { DomainError, ERRORS, type ErrorCode, errorLine, toProblem } from './errors.js';

test.each(Object.keys(ERRORS) as ErrorCode[])('%s has a title and says what to do', (code) => {
  const problem = toProblem(new DomainError(code, 'why', { limit: 5 }), 'r1');

  const { status, title, fix } = ERRORS[code];
  expect(problem).toEqual({
    type: `/docs#${code}`,
    title,
    status,
    code,
    detail: 'why',
    fix,
    limit: 5,
    request_id: 'r1',
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(fix).toMatch(/\.$/);
});

test('the message of an error that is not a DomainError is not disclosed', () => {
  const problem = toProblem(new Error('a password'), 'r1');

  expect(problem.code).toBe('INTERNAL_ERROR');
  expect(JSON.stringify(problem)).not.toContain('password');
});

test.each<[ErrorCode, string | undefined, string]>([
  [
    'INVITE_INVALID',
    undefined,
    'INVITE_INVALID: This invite is unknown, used or revoked. Ask an admin of the channel for a new invite.',
  ],
  [
    'INVALID_REQUEST',
    'slots must be an array',
    'INVALID_REQUEST: The input is not valid for this operation: slots must be an array. Correct the fields named in detail and call again.',
  ],
  [
    'NOT_FOUND',
    'Really.',
    'NOT_FOUND: Nothing is served at this address: Really. See /docs for the list of operations.',
  ],
])('%s is one line that says what is the case and what to do', (code, detail, line) => {
  expect(errorLine(toProblem(new DomainError(code, detail)))).toBe(line);
});
