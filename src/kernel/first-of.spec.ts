import { expect, test } from '@jest/globals';
import { FirstOf } from './first-of.js';

test('fires with the first of its sources, with its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using first = new FirstOf([one.signal, undefined, other.signal]);

  expect(first.signal.aborted).toBe(false);
  other.abort('enough');

  expect(first.signal.aborted).toBe(true);
  expect(first.signal.reason).toBe('enough');
});

test('has fired where a source has', () => {
  using first = new FirstOf([new AbortController().signal, AbortSignal.abort('before')]);

  expect(first.signal.reason).toBe('before');
});

test('fires by itself after its time', async () => {
  using first = new FirstOf([], 1);

  await new Promise((resolve) => first.signal.addEventListener('abort', resolve));

  expect(first.signal.aborted).toBe(true);
});

test('does not fire once it was let go of', () => {
  const source = new AbortController();
  const first = new FirstOf([source.signal]);

  first[Symbol.dispose]();
  source.abort();

  expect(first.signal.aborted).toBe(false);
});
