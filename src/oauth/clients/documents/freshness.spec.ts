import { expect, test } from '@jest/globals';
import { freshFor } from './freshness.js';

test.each([
  ['nothing is said', {}, 600],
  ['it says for how long', { 'cache-control': 'public, max-age=3600' }, 3_600],
  ['it says so in quotes', { 'cache-control': 'Max-Age="120"' }, 120],
  ['it is old already', { 'cache-control': 'max-age=3600', age: '3000' }, 600],
  ['it says for no time', { 'cache-control': 'max-age=0' }, 30],
  ['it is not to be kept', { 'cache-control': 'no-store, max-age=3600' }, 30],
  ['it says for ever', { 'cache-control': 'max-age=9999999999' }, 86_400],
  ['it speaks of something else', { 'cache-control': 's-maxage=5, immutable' }, 600],
])('When %s', (_, headers, seconds) => {
  expect(freshFor(Object.entries(headers))).toBe(seconds * 1_000);
});
