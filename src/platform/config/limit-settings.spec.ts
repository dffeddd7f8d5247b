import { describe, expect, test } from '@jest/globals';
import { readConfig } from './config.js';

const limitsWith = (env: Record<string, string>) => readConfig(env, 'no such file').limits;

describe('The limits', () => {
  test('are a hundred times higher in open mode', () => {
    const [own, shared] = [limitsWith({ AUTH_MODE: 'open' }), limitsWith({ AUTH_MODE: 'accounts' })];

    expect([own.rates.account, shared.rates.account]).toEqual([60_000, 600]);
    expect([own.slots['account-calls'], shared.slots['account-calls']]).toEqual([5_000, 50]);
    expect(limitsWith({})).toEqual(own);
  });

  test('are those of the operator in both modes, and 0 means no limit', () => {
    expect(limitsWith({ LIMIT_ACCOUNT: '7' }).rates.account).toBe(7);
    expect(limitsWith({ LIMIT_ACCOUNT: '0', AUTH_MODE: 'accounts' }).rates.account).toBe(Number.POSITIVE_INFINITY);
  });

  test.each<[string, number | string[]]>([
    ['', []],
    ['0', 0],
    ['2', 2],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
  ])('TRUST_PROXY=%s is valid', (TRUST_PROXY, trustProxy) =>
    expect(limitsWith({ TRUST_PROXY })).toMatchObject({ trustProxy }),
  );

  test.each<[Record<string, string>, string]>([
    [{ LIMIT_ACCOUNT: 'many' }, 'LIMIT_ACCOUNT=many must be a whole number from 0'],
    [{ LIMIT_WINDOW_S: '0' }, 'LIMIT_WINDOW_S=0 must be a whole number from 1 to 86400'],
    [{ TRUST_PROXY: 'true' }, 'TRUST_PROXY=true must be a number of proxies, or addresses such as 10.0.0.0/8'],
    [{ TRUST_PROXY: '10.0.0.0/99' }, 'TRUST_PROXY=10.0.0.0/99 must be'],
  ])('%j prevents the start', (env, sentence) => expect(() => limitsWith(env)).toThrow(sentence));
});
