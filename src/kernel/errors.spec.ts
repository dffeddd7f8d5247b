import { expect, test } from '@jest/globals';
import { DomainError, ERRORS, type ErrorCode, toProblem } from './errors.js';

test.each(Object.keys(ERRORS) as ErrorCode[])('%s is a problem that says what to do', (code) => {
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

test('what is no DomainError keeps its words to itself', () => {
  const problem = toProblem(new Error('a password'), 'r1');

  expect(problem.code).toBe('INTERNAL_ERROR');
  expect(JSON.stringify(problem)).not.toContain('password');
});
