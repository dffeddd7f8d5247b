import { expect, test } from '@jest/globals';
import { FirstOf } from './first-of.js';

test('aborts with the first of its sources, with its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  using first = new FirstOf([one.signal, undefined, other.signal]);

  expect(first.signal.aborted).toBe(false);
  other.abort('enough');

  expect(first.signal.aborted).toBe(true);
  expect(first.signal.reason).toBe('enough');
});

test('is aborted if a source already is', () => {
  using first = new FirstOf([new AbortController().signal, AbortSignal.abort('before')]);

  expect(first.signal.reason).toBe('before');
});

test('aborts after its time', async () => {
  using first = new FirstOf([], 1);

  await new Promise((resolve) => first.signal.addEventListener('abort', resolve));

  expect(first.signal.aborted).toBe(true);
});

test('does not abort after it was disposed', () => {
  const source = new AbortController();
  const first = new FirstOf([source.signal]);

  first[Symbol.dispose]();
  source.abort();

  expect(first.signal.aborted).toBe(false);
});
