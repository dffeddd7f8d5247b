import { expect, test } from '@jest/globals';
import { acquireBoth, Semaphore } from './semaphore.js';

const { signal: always } = new AbortController();

/** Whether a slot is available immediately. */
async function hasRoom(slots: Semaphore): Promise<boolean> {
  const release = await Promise.race([
    slots.take(always),
    new Promise<undefined>((none) => setImmediate(none, undefined)),
  ]);
  release?.();
  return release !== undefined;
}

test('Callers wait while all slots are taken, and get them in the order of their arrival', async () => {
  const slots = new Semaphore(1);
  const release = await slots.take(always);
  const order: string[] = [];
  const first = slots.take(always).then((next) => [order.push('first'), next()]);
  const second = slots.take(always).then((next) => [order.push('second'), next()]);

  release();
  await Promise.all([first, second]);

  expect(order).toEqual(['first', 'second']);
});

test('A slot that is given back twice counts once', async () => {
  const slots = new Semaphore(1);
  const release = await slots.take(always);
  release();
  release();

  await slots.take(always);

  expect(await hasRoom(slots)).toBe(false);
});

test('A caller who stops waiting leaves the queue', async () => {
  const slots = new Semaphore(1);
  const release = await slots.take(always);
  const impatient = new AbortController();
  const waiting = slots.take(impatient.signal);

  impatient.abort(new Error('no longer'));

  await expect(waiting).rejects.toThrow('no longer');
  release();
  expect(await hasRoom(slots)).toBe(true);
});

test('A slot assigned to a caller who stops waiting goes to the next caller', async () => {
  const slots = new Semaphore(1);
  const release = await slots.take(always);
  const impatient = new AbortController();
  const waiting = slots.take(impatient.signal);

  impatient.abort(new Error('no longer'));
  release();

  await expect(waiting).rejects.toThrow('no longer');
  expect(await hasRoom(slots)).toBe(true);
});

test('A caller who cannot have both slots holds neither', async () => {
  const [free, full] = [new Semaphore(1), new Semaphore(0)];
  const impatient = new AbortController();
  const waiting = acquireBoth(free, full, impatient.signal);

  impatient.abort(new Error('no longer'));

  await expect(waiting).rejects.toThrow('no longer');
  expect(await hasRoom(free)).toBe(true);
});
