import { expect, test } from '@jest/globals';
import { BoundedMap } from './bounded-map.js';

test('deletes the entry that was set longest ago; setting it again makes it the newest', () => {
  const map = new BoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);

  map.set('c', 4);

  expect(map.get('a')).toBe(3);
  expect(map.has('b')).toBe(false);
  expect(map.get('c')).toBe(4);
});

test('distinguishes a key with the value undefined from a missing key', () => {
  const map = new BoundedMap<undefined>(2);

  map.set('a', undefined);

  expect(map.has('a')).toBe(true);
  expect(map.has('b')).toBe(false);
});

test('has room again after an entry was deleted', () => {
  const map = new BoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);

  map.delete('b');
  map.set('c', 3);

  expect(map.get('a')).toBe(1);
  expect(map.has('b')).toBe(false);
});
